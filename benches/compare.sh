#!/usr/bin/env bash
# Compares the figures of two checkouts: both are built, then run in turn, and the medians stand beside each other in one table.
#
#     benches/compare.sh BEFORE AFTER [ROUNDS] [FILTER]
#
# BEFORE and AFTER are folders of checkouts. Ratios are those of the medians over all rounds, with the smallest and the largest ratio of
# the rounds: machines drift, so that only what was measured in one round is compared with each other.
set -euo pipefail
before=$1 after=$2 rounds=${3:-5} filter=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The programs of a checkout, by name.
programs() {
    (cd "$1" && cargo bench --no-run --bench tmaze --bench planning --bench sensitivity 2>&1) | sed -n 's/.*Executable benches\/\([a-z]*\)\.rs (\(.*\)).*/\1 \2/p' | while read -r name path; do
        case $path in /*) echo "$name $path" ;; *) echo "$name $1/$path" ;; esac
    done
}
programs "$before" > "$work/before"
programs "$after" > "$work/after"

# One line a figure: its name, then nanoseconds.
figures() {
    sed 's/ns\]/ns ]/' | awk '
        /time: +\[/ {
            match($0, /\[.*\]/); split(substr($0, RSTART + 1, RLENGTH - 2), t, " ")
            scale = t[4] == "ns" ? 1 : t[4] == "ms" ? 1e6 : t[4] == "s" ? 1e9 : 1e3
            name = $0; sub(/ *time:.*/, "", name); if (name == "") name = last
            print name "\t" t[3] * scale
        }
        { last = $0; sub(/^ +/, "", last) }'
}

run() { (cd "$2" && "$3" --bench --warm-up-time 0.3 --measurement-time 1 ${filter:+"$filter"} 2> /dev/null) | figures; }

for round in $(seq "$rounds"); do
    for bench in tmaze planning sensitivity; do
        for side in before after; do
            path=$(awk -v b="$bench" '$1 == b { print $2 }' "$work/$side")
            run "$side" "${!side}" "$path" | sed "s/^/$bench: /" | awk -v r="$round" -v s="$side" -F'\t' '{ print s "\t" r "\t" $1 "\t" $2 }'
        done
    done
done > "$work/all"

awk -F'\t' '
    function median(list, n,    i, j, t) {
        for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j - 1] > list[j]; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
        return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
    }
    { if (!($3 in seen)) { seen[$3] = 1; order[++count] = $3 } value[$1, $2, $3] = $4; if ($2 > rounds) rounds = $2 }
    END {
        print "| figure | before | after | ratio | of the rounds |"
        print "|---|---|---|---|---|"
        for (k = 1; k <= count; k++) {
            name = order[k]; low = 1e9; high = 0
            for (r = 1; r <= rounds; r++) {
                b[r] = value["before", r, name]; a[r] = value["after", r, name]
                ratio = b[r] > 0 ? a[r] / b[r] : 0; if (ratio < low) low = ratio; if (ratio > high) high = ratio
            }
            mb = median(b, rounds); ma = median(a, rounds)
            printf "| %s | %.4g us | %.4g us | %.3f | %.3f to %.3f |\n", name, mb / 1e3, ma / 1e3, (mb > 0 ? ma / mb : 0), low, high
        }
    }' "$work/all"
