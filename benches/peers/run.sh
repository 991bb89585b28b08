#!/usr/bin/env bash
# Ours and its peers, one after the other in one run: a Markdown table with date, machine and versions.
#
#     benches/peers/run.sh [--data FOLDER] [--out FILE] [tmaze] [grid] [dense] [python] [hgf] [iowa] [posteriors [NAME ..]]
#
# All tasks unless some are named. FOLDER holds hgf_group.csv; without it a table is made up, and the posterior of observers is left out. Packages of
# requirements.txt are installed into a virtual environment, PEERS_VENV [default: target/peers]; where they cannot be had, nothing is
# compared, in so many words. The whole takes about a quarter of an hour on two cores.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

data=() out= tasks=() names=()
while (($#)); do
    case $1 in
        --data) data=(--data "$(realpath "$2")"); shift ;;
        --out) out=$(realpath -m "$2"); shift ;;
        tmaze | grid | dense | python | hgf | iowa | posteriors) tasks+=("$1") ;;
        *) ((${#tasks[@]})) && [[ ${tasks[-1]} == posteriors ]] || { echo "unknown: $1" >&2; exit 2; }; names+=("$1") ;;
    esac
    shift
done
((${#tasks[@]})) || tasks=(tmaze grid dense python hgf iowa posteriors)

venv=${PEERS_VENV:-target/peers}
python=$venv/bin/python
[[ -x $python ]] || python3 -m venv "$venv" || { echo "skipped: no virtual environment can be made with python3"; exit 0; }
"$python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt" \
    || { echo "skipped: the packages of benches/peers/requirements.txt cannot be had"; exit 0; }

if [[ ${tasks[*]} != python ]]; then
    cargo bench --quiet --no-run --bench dense --bench peers --bench posteriors
    cargo build --quiet --release --example tmaze_study --example iowa
fi

rows=$(mktemp)
wheels=$(mktemp -d)
trap 'rm -rf "$rows" "$wheels"' EXIT
export PEERS_ROWS=$rows
for task in "${tasks[@]}"; do
    case $task in
        tmaze) "$python" "$here/tmaze.py" ;;
        grid) "$python" "$here/grid.py" ;;
        dense) "$python" "$here/dense.py" ;;
        python)
            if "$python" -m pip install --quiet --disable-pip-version-check 'maturin>=1.9.4,<2'; then
                "$venv/bin/maturin" build --release --quiet --manifest-path examples/python/Cargo.toml --interpreter python3 --out "$wheels"
                "$python" -m pip install --quiet --disable-pip-version-check --no-index --no-deps --force-reinstall "$wheels"/minds-*.whl
                "$python" "$here/python.py"
            else
                echo "skipped: maturin cannot be had here"
            fi
            ;;
        hgf) "$python" "$here/hgf.py" "${data[@]}" ;;
        iowa) "$python" "$here/iowa.py" ;;
        posteriors) "$python" "$here/posteriors.py" "${data[@]}" "${names[@]}" ;;
    esac
done >&2

version() { "$python" -m pip show "$1" | sed -n 's/^Version: //p'; }
processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo 2> /dev/null | head -1)
table() {
    echo "$(date +%F), ${processor:-$(uname -m)}, $(getconf _NPROCESSORS_ONLN) cores; aif $(git describe --always --dirty), $(rustc --version | cut -d' ' -f1-2);" \
        "Python $("$python" -c 'import platform; print(platform.python_version())'), pymdp $(version inferactively-pymdp)," \
        "numpyro $(version numpyro), jax $(version jax), PyMC $(version pymc)"
    echo
    echo "| task | aif | peer | peer's | times | compiled in | |"
    echo "|---|---|---|---|---|---|---|"
    cat "$rows"
}
table | tee ${out:+"$out"}
