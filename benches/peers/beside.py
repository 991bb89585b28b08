"""What the comparisons share: running ours, timing compiled functions, and rows of the one table."""

import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5


def ours(task, *files, bench="peers"):
    """Medians of ours in a process of its own, seconds by name."""
    command = ["cargo", "bench", "--quiet", "--bench", bench, "--", task, *(str(Path(file).resolve()) for file in files)]
    written = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(written.strip().splitlines()[-1])


def study(*arguments):
    """A verb of the T-Maze's study program; what it writes to its output."""
    command = ["cargo", "run", "--quiet", "--release", "--example", "tmaze_study", "--", "--population", "hierarchical"]
    run = subprocess.run([*command, *map(str, arguments)], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return run.stdout


def compiled(function, *arguments):
    """A function compiled ahead for its arguments, and the seconds that took."""
    started = time.perf_counter()
    ready = function.lower(*arguments).compile()
    return ready, time.perf_counter() - started


def median(call, seconds=0.4):
    """The median time of a call that returns arrays."""
    times = []
    call()
    ends = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < ends:
        started = time.perf_counter()
        for array in call():
            array.block_until_ready()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def number(value):
    """Three digits, whole where there are more."""
    return f"{value:,.0f}" if value >= 99.5 else f"{value:.3g}"


def words(seconds):
    unit, scale = ("us", 1e6) if seconds < 1e-3 else ("ms", 1e3) if seconds < 1 else ("s", 1)
    return f"{number(seconds * scale)} {unit}"


def timed(samples):
    """Median and spread."""
    middle, low, high = statistics.median(samples), min(samples), max(samples)
    return words(middle) + (f" ({words(low)} to {words(high)})" if len(samples) > 1 else "")


def row(task, mine, peer, theirs, compiling, note=""):
    """One row of the table of times: how many times as long the peer takes."""
    ratio = statistics.median(theirs) / statistics.median(mine)
    plain([task, timed(mine), peer, timed(theirs), number(ratio), f"{compiling:.1f} s", note])


def plain(cells):
    """Writes a row to the file that `run.sh` names, and to the screen."""
    print("| " + " | ".join(cells) + " |", flush=True)
    if to := os.environ.get("PEERS_ROWS"):
        with open(to, "a") as file:
            file.write("| " + " | ".join(cells) + " |\n")


def agree(what, mine, theirs, within):
    """Stops where ours and a peer's numbers differ by more than a fraction."""
    off = abs(mine - theirs) / max(1.0, abs(mine))
    print(f"{what}: {mine:.9g} and {theirs:.9g}, off by {off:.1e}")
    if not off <= within:
        sys.exit(f"{what} differs: no comparison")


def scratch(name):
    return Path(tempfile.mkdtemp()) / name


def columns(table, names):
    """Columns of a CSV table, as texts."""
    with open(table) as file:
        rows = list(csv.DictReader(file))
    return [[r[name] for r in rows] for name in names]


def observers(table):
    """Inputs and answers, trials x observers."""
    subject, shown, answer = columns(table, ("subject", "input", "response"))
    count = len(set(subject))
    return [np.array(c, float).reshape(count, -1).T for c in (shown, answer)]
