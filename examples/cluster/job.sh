#!/usr/bin/env bash
# A group that is fitted in shards, one on each machine:
#
#   job.sh prepare OUT DATA SHARDS PROGRAM [ARGUMENT ..] [-- FIT OPTION ..]
#                             a folder OUT that says what is to be done; whatever runs shards needs no more
#   job.sh run OUT shard I    tables the likelihoods of shard I's subjects
#   job.sh run OUT merge      the posterior of the whole, from all shards' tables
#   job.sh run OUT score I    scores some of its draws by shard I's records
#   job.sh run OUT weigh      weighs the posterior by what all shards scored
#   job.sh state OUT          what is there, and which shards are lost
#
# What is there already is not done again, and a shard that was stopped goes on where it was. For `prepare`, in the environment:
#
#   READ    options by which the table is read: "--format trials --column outcome=feedback"
#   SCORE   how many draws are scored in the second round [default: 200; 0: no second round]
set -euo pipefail

usage() {
    sed -n '2,/^set/s/^# \{0,1\}//p' "$0" | head -n -1 >&2
    exit 2
}

prepare() {
    [ $# -ge 4 ] || usage
    local out=$1 data shards=$3
    data=$(realpath "$2")
    shift 3
    local program=() fitting=() reading=() draws=${SCORE:-200}
    while [ $# -gt 0 ] && [ "$1" != -- ]; do
        program+=("$1")
        shift
    done
    [ $# -eq 0 ] || shift
    fitting=("$@")
    program[0]=$(realpath "$(command -v "${program[0]}")")
    read -ra reading <<< "${READ:-}"
    mkdir -p "$out"
    declare -p data shards program fitting reading draws > "$out/job"
    echo "prepared $out: $shards shards of $data"
}

run() {
    [ $# -ge 2 ] || usage
    local out what=$2 i=${3:-} to more=()
    out=$(realpath "$1")
    # data, shards, program, fitting, reading, draws
    source "$out/job"
    all() { local k; for ((k = 1; k <= shards; k++)); do echo "$out/$1-$k"; done; }
    # Whole folders only have their names: what has its name is done.
    case $what in
        shard | score) to=$out/$what-$i ;;
        *) to=$out/$what ;;
    esac
    if [ -d "$to" ]; then
        echo "$to is there already"
        return
    fi
    case $what in
        shard)
            [ ! -d "$to.unfinished" ] || more=(--resume)
            "${program[@]}" fit --data "$data" "${reading[@]}" "${fitting[@]}" --shard "$i/$shards" --quiet --out "$to" "${more[@]}"
            ;;
        merge)
            mapfile -t more < <(all shard)
            "${program[@]}" merge "${more[@]}" --quiet --out "$to"
            ;;
        score)
            "${program[@]}" score "$out/shard-$i" --merged "$out/merge" --data "$data" "${reading[@]}" --draws "$draws" --quiet --out "$to"
            ;;
        weigh)
            mapfile -t more < <(all score)
            "${program[@]}" weigh "${more[@]}" --merged "$out/merge" --out "$to"
            ;;
        *) usage ;;
    esac
}

state() {
    [ $# -eq 1 ] || usage
    local what i lost
    source "$1/job"
    for what in shard score; do
        lost=()
        for ((i = 1; i <= shards; i++)); do
            [ -d "$1/$what-$i" ] || lost+=("$i")
        done
        echo "$what: $((shards - ${#lost[@]})) of $shards${lost[*]:+; lost: ${lost[*]}}"
    done
    for what in merge weigh; do
        [ -d "$1/$what" ] && echo "$what: done" || echo "$what: to be done"
    done
}

case ${1:-} in
    prepare | run | state) "$@" ;;
    *) usage ;;
esac
