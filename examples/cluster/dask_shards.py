"""Runs a prepared job (see job.sh) on Dask: one task for each shard, then the merger, then the second round.

    python dask_shards.py OUT [--scheduler tcp://HOST:8786]

Without a scheduler, on a cluster of this machine's cores. Workers see OUT, the data and the program under the same paths. The same command
again makes what was lost. Needs the package `distributed`.
"""

import argparse
import pathlib
import subprocess
import sys

from distributed import Client, LocalCluster, wait

HERE = pathlib.Path(__file__).resolve().parent


def job(*words):
    """Runs a piece of work; gives what it said and whether it succeeded."""
    done = subprocess.run([str(HERE / "job.sh"), *map(str, words)], capture_output=True, text=True)
    return words, done.returncode, done.stdout + done.stderr


def all_of(client, pieces):
    """Runs pieces of work at once; all of them end before it is told which failed."""
    futures = client.map(lambda words: job(*words), pieces, pure=False, retries=1)
    wait(futures)
    failed = []
    for words, future in zip(pieces, futures):
        if future.status != "finished":
            failed.append(f"{' '.join(map(str, words))}: {future.exception()}")
        elif future.result()[1] != 0:
            failed.append(f"{' '.join(map(str, words))}: {future.result()[2].strip()}")
        else:
            print(future.result()[2].strip())
    if failed:
        sys.exit("\n".join(failed) + "\nlost; the same command again makes them anew")


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=lambda path: pathlib.Path(path).resolve())
    arguments.add_argument("--scheduler")
    given = arguments.parse_args()
    said = subprocess.run(["bash", "-c", 'source "$1/job"; echo "$shards $draws"', "-", str(given.out)], capture_output=True, text=True, check=True)
    shards, draws = map(int, said.stdout.split())
    # A shard uses all cores of its machine, so that on one machine they follow one another.
    cluster = None if given.scheduler else LocalCluster(n_workers=1, threads_per_worker=1, processes=True)
    with Client(given.scheduler or cluster) as client:
        each = range(1, shards + 1)
        all_of(client, [("run", given.out, "shard", i) for i in each])
        all_of(client, [("run", given.out, "merge")])
        if draws > 0:
            all_of(client, [("run", given.out, "score", i) for i in each])
            all_of(client, [("run", given.out, "weigh")])


if __name__ == "__main__":
    main()
