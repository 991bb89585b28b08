#!/usr/bin/env bash
# How long `recover` takes for each ready-made learner, as a Markdown table: seconds from start to report, and processor seconds.
#
#     benches/recovery.sh [PROGRAM [ARGUMENT ..]]
#
# PROGRAM is examples/learners, built if it is not said [default: target/release/examples/learners]; ARGUMENTs take the place of
# `--subjects 10 --steps 120 --method laplace`. What is not done after 600 s, or fails, says so.
set -euo pipefail
cd "$(dirname "$0")/.."
if (($#)); then
    program=$1
    shift
else
    cargo build --quiet --release --example learners
    program=${CARGO_TARGET_DIR:-target}/release/examples/learners
fi
(($#)) || set -- --subjects 10 --steps 120 --method laplace

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
echo "$(date +%F), $(getconf _NPROCESSORS_ONLN) cores, load $(cut -d' ' -f1 /proc/loadavg 2> /dev/null || echo unknown): recover $*"
echo
echo "| population | s | processor s | |"
echo "|---|---|---|---|"
"$program" --list | grep -o '^[a-z][a-z0-9_]*' | while read -r name; do
    note=
    TIMEFORMAT='%R %U'
    { time timeout 600 "$program" --population "$name" recover "$@" --quiet --out "$folder/$name" > "$folder/told" 2>&1 || echo failed > "$folder/failed"; } 2> "$folder/time"
    if [[ -f $folder/failed ]]; then
        note=$(grep -m1 '^error' "$folder/told" | cut -c1-150 || true)
        note=${note:-not done}
        rm "$folder/failed"
    fi
    read -r wall cpu < "$folder/time"
    echo "| \`$name\` | $wall | $cpu | $note |"
done
