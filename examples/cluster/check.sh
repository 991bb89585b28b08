#!/usr/bin/env bash
# Checks these scripts on one machine: a group in three shards by a real slurmctld and slurmd, and by a local cluster of Dask, has to come out
# as it does by hand; a shard that is lost is named and made again.
#
#   check.sh PROGRAM [ARGUMENT ..]     the study program of a hierarchical population
#
# Skips with a word what cannot be had: Slurm (Debian: slurmctld, slurmd, slurm-client), Python with the package `distributed`.
set -euo pipefail
here=$(dirname "$(realpath "$0")")
work=$(mktemp -d)
daemons=()
cleanup() {
    for daemon in ${daemons[@]+"${daemons[@]}"}; do
        kill "$daemon" 2> /dev/null || true
        wait "$daemon" 2> /dev/null || true
    done
    rm -rf "$work"
}
trap cleanup EXIT
program=("$@")
program[0]=$(realpath "$1")
cd "$work"
"${program[@]}" simulate --subjects 12 --blocks 10 --seed 5 --out data.csv 2> /dev/null
prepare() { SCORE=50 "$here/job.sh" prepare "$1" data.csv 3 "${program[@]}" -- --draws 100 --warmup 100 > /dev/null; }

echo "-- by hand"
prepare hand
for i in 1 2 3; do "$here/job.sh" run hand shard $i 2> /dev/null; done
mv hand/shard-2 lost
"$here/job.sh" run hand merge 2> error && { echo "a lost shard was not missed" >&2; exit 1; }
grep -q "shard-2" error
# Into a file: a grep that has found closes the pipe under who still writes.
"$here/job.sh" state hand > state.txt
grep -q "shard: 2 of 3; lost: 2" state.txt
for what in "shard 2" merge "score 1" "score 2" "score 3" weigh; do "$here/job.sh" run hand $what 2> /dev/null; done
cmp lost/fit.bin hand/shard-2/fit.bin
same() {
    for what in merge weigh; do
        for file in population.csv subjects.csv draws.csv; do cmp "hand/$what/$file" "$1/$what/$file"; done
    done
    cmp hand/weigh/loo_subjects.csv "$1/weigh/loo_subjects.csv"
    echo "the same by $1"
}

idle() { [ "$(sinfo --noheader --format %T 2> /dev/null)" = idle ]; }
all_there() { local each; for each in "$@"; do command -v "$each" > /dev/null || return 1; done; }
if all_there slurmctld slurmd sbatch sinfo; then
    echo "-- by Slurm"
    host=$(hostname -s)
    mkdir state spool
    cat > slurm.conf << EOF
ClusterName=aif
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/none
CredType=cred/none
SlurmctldPort=17817
SlurmdPort=17818
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SchedulerParameters=sched_interval=1,bf_interval=1
ReturnToService=2
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=aif Nodes=ALL Default=YES MaxTime=INFINITE State=UP
EOF
    export SLURM_CONF=$work/slurm.conf
    slurmctld -D -f slurm.conf > slurmctld.log 2>&1 &
    daemons+=($!)
    slurmd -D -f slurm.conf -N "$host" > slurmd.log 2>&1 &
    daemons+=($!)
    for _ in $(seq 60); do
        idle && break
        sleep 1
    done
    if idle; then
        prepare slurm
        last=$("$here/slurm.sh" slurm)
        for _ in $(seq 120); do
            [ -d slurm/weigh ] && break
            sleep 1
        done
        [ -d slurm/weigh ] || { echo "job $last did not end:" >&2; squeue >&2; tail -n 5 slurm/logs/* slurmctld.log slurmd.log >&2; exit 1; }
        same slurm
        # What was lost is made again, and nothing else.
        rm -r slurm/shard-3 slurm/weigh
        touch -d "2001-01-01" slurm/shard-1
        "$here/slurm.sh" slurm > /dev/null
        for _ in $(seq 120); do
            [ -d slurm/weigh ] && break
            sleep 1
        done
        same slurm
        [ "$(date -r slurm/shard-1 +%Y)" = 2001 ] || { echo "a shard that was there was made again" >&2; exit 1; }
    else
        echo "skipped: slurmctld and slurmd do not start here: $(tail -n 1 slurmctld.log) $(tail -n 1 slurmd.log)"
    fi
else
    echo "skipped: Slurm cannot be had here"
fi

python=${PYTHON:-python3}
if "$python" -c "import distributed" 2> /dev/null; then
    echo "-- by Dask"
    prepare dask
    "$python" "$here/dask_shards.py" dask > /dev/null
    same dask
else
    echo "skipped: Python with the package distributed cannot be had here"
fi
