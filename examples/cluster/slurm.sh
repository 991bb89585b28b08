#!/usr/bin/env bash
# Runs a prepared job (see job.sh) on Slurm: one task of an array for each shard, then the merger, then the second round.
#
#   slurm.sh OUT [SBATCH OPTION ..]
#
# Prints the number of the last job. The same command again makes what was lost.
set -euo pipefail
if [ $# -lt 1 ]; then
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
here=$(dirname "$(realpath "$0")")
out=$(realpath "$1")
shift
source "$out/job"
mkdir -p "$out/logs"

# Submits a piece of work: its name, the job that it waits for (or nothing), more options. Prints its number.
submit() {
    local what=$1 after=${2:+--dependency=afterok:$2} command
    shift 2
    command=$(printf '%q ' "$here/job.sh" run "$out" "$what")'$SLURM_ARRAY_TASK_ID'
    sbatch --parsable --job-name="aif-$what" --output="$out/logs/$what-%a.log" --kill-on-invalid-dep=yes ${after:+"$after"} "$@" \
        --wrap "$command"
}

last=$(submit shard "" --array="1-$shards" "$@")
last=$(submit merge "$last" "$@" --output="$out/logs/merge.log")
if [ "$draws" -gt 0 ]; then
    last=$(submit score "$last" --array="1-$shards" "$@")
    last=$(submit weigh "$last" "$@" --output="$out/logs/weigh.log")
fi
echo "$last"
