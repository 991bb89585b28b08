#!/usr/bin/env bash
# Builds the wheel, installs it into a fresh virtual environment, and runs its tests and its notebook there.
#
#     examples/python/check.sh [--dev] [--stubs] [--wheels FOLDER]
#
# --dev builds it as tests are, not for speed. --stubs writes the type stubs anew; without it they have to be those of the declarations, and the wheel has
# to be built once more to hold new ones. --wheels keeps the wheel in a folder. What cannot be had is
# skipped with a word: Python, maturin, numpy or pytest, and for single tests pandas, ArviZ, zarr, Gymnasium, JAX, numpyro, PyTensor, PyMC, pymdp, Jupyter.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
stubs= wheels= profile=release
while (($#)); do
    case $1 in
        --dev) profile=dev ;;
        --stubs) stubs=yes ;;
        --wheels) wheels=$(realpath -m "$2"); shift ;;
        *) echo "unknown: $1" >&2; exit 2 ;;
    esac
    shift
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2> /dev/null || { echo "skipped: Python 3.10 cannot be had here"; exit 0; }
python3 -m venv "$work/venv" 2> /dev/null || { echo "skipped: no virtual environment can be made with python3"; exit 0; }
python=$work/venv/bin/python
get() { timeout 600 "$python" -m pip install --quiet --disable-pip-version-check "$@" > "$work/pip.log" 2>&1; }
get -r "$here/requirements.txt" || { echo "skipped: maturin, numpy and pytest cannot be had here: $(tail -n 1 "$work/pip.log")"; exit 0; }

echo "-- the wheel"
# By the interpreter that stays where it is: what is built for another path is built anew.
"$work/venv/bin/maturin" build --profile "$profile" --quiet --manifest-path "$here/Cargo.toml" --interpreter python3 --out "$work/wheels"
# Where wheels are kept there may be older ones, too.
get --no-index --no-deps --force-reinstall "$work"/wheels/minds-*-abi3-*.whl || { cat "$work/pip.log" >&2; exit 1; }
if [ -n "$wheels" ]; then mkdir -p "$wheels"; cp "$work"/wheels/*.whl "$wheels/"; fi
(cd "$work" && "$python" -c 'from minds import bandit, tmaze; print(tmaze.Agent(), bandit.Worlds(3, win_probability=0.8, hazard=0.1, preference=1).reset().shape)')

echo "-- type stubs"
(cd "$work" && "$python" - "$here/python/minds/_minds" "$stubs" << 'END'
import pathlib, sys
from minds import _minds
folder, write = pathlib.Path(sys.argv[1]), sys.argv[2]
names = ["tmaze", "bandit", "listener", "coin", "arms"]
wanted = {"__init__": _minds.__stub__} | {name: getattr(_minds, name).__stub__ for name in names}
for name, text in wanted.items():
    path = folder / f"{name}.pyi"
    if write:
        folder.mkdir(exist_ok=True)
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        sys.exit(f"{path} is not that of the declaration: examples/python/check.sh --stubs writes it")
END
)

for more in "pandas arviz zarr" gymnasium "jax[cpu] numpyro" "inferactively-pymdp==1.0.4" pytensor pymc mypy "nbclient ipykernel"; do
    # shellcheck disable=SC2086
    get $more || echo "skipped: $more cannot be had here"
done

echo "-- tests"
(cd "$work" && "$python" -m pytest -q -p no:cacheprovider "$here/tests")

if "$python" -c "import mypy" 2> /dev/null; then
    echo "-- types"
    (cd "$work" && "$python" -m mypy --strict --no-error-summary --cache-dir "$work/mypy" "$here/tests/typed.py")
    # Stubs say that modules list what they export, not what; everything else has to be as it is in the module.
    echo 'minds\._minds(\.[a-z]+)?\.__all__' > "$work/allowed"
    (cd "$work" && "$python" -m mypy.stubtest minds --allowlist "$work/allowed")
fi
if "$python" -c "import nbclient, ipykernel" 2> /dev/null; then
    echo "-- the notebook"
    (cd "$work" && timeout 600 "$work/venv/bin/jupyter-execute" --output "$work/minds.ipynb" "$here/minds.ipynb" > "$work/notebook.log" 2>&1) \
        || { cat "$work/notebook.log"; exit 1; }
fi
echo "-- all is well"
