#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs campaigns over the built programs and counts: tried, failed, lost (docs/reliability.md).

Each trial has a seed; a trial that fails is told with the one-line command that repeats it.
"""

import argparse
import concurrent.futures
import importlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from trial import Trial, World  # noqa: E402

CAMPAIGNS = {
    "kills": "killed, ended or robbed of a worker, then resumed",
    "hostile": "a worker that answers wrongly",
    "doubles": "two processes in one result folder",
    "interrupts": "Ctrl-C in every command",
    "full_disk": "a full disk, then resumed",
    "replaced": "a file replaced during the run",
    "mutants": "hostile model files",
    "terminals": "closed, full and abandoned terminals",
}


class Tally:
    """tried, failed, lost of one campaign; told as it goes."""

    def __init__(self, name, repeat):
        self.name, self.repeat = name, repeat
        self.tried = self.failed = self.lost = 0
        self.lock = threading.Lock()

    def add(self, trial):
        """Counts a trial that has ended and says what was wrong."""
        with self.lock:
            self.tried += 1
            self.failed += bool(trial.problems)
            self.lost += bool(trial.lost)
            if trial.problems:
                print(f"FAILED {trial.campaign} seed {trial.seed}: {'; '.join(trial.story)}")
                for problem in trial.problems:
                    print(f"  {problem[:1000]}")
                print(f"  again: {self.repeat} --seed {trial.seed} --count 1 {trial.campaign}", flush=True)


def one(world, module, campaign, seed, tally):
    """A trial of `campaign`, which is NAME or NAME.PART."""
    trial = Trial(world, campaign, seed)
    try:
        if "." in campaign:
            module.trial(trial, campaign.split(".", 1)[1])
        else:
            module.trial(trial)
    except Exception as error:  # noqa: BLE001  (whatever the harness trips over is told with its seed)
        trial.check(False, f"{type(error).__name__}: {error}")
    trial.close()
    tally.add(trial)
    return not trial.problems


def seeds_until(first, count, end):
    """Seeds from `first` on: `count` of them, or as many as fit before `end`."""
    seed = first
    while (seed < first + count) if end is None else time.monotonic() < end:
        yield seed
        seed += 1


def run_campaign(world, name, options):
    """All trials of one campaign; returns its tally."""
    module = importlib.import_module(name.split(".")[0])
    module.prepare(world)
    tally = Tally(name, options.repeat)
    campaigns = [name]
    if hasattr(module, "names") and "." not in name:
        campaigns = [f"{name}.{part}" for part in module.names(world)]
    count = options.count or module.SMALL
    end = time.monotonic() + 60 * options.minutes if options.minutes else None
    work = ((campaign, seed) for seed in seeds_until(options.seed, count, end) for campaign in campaigns)
    lock = threading.Lock()

    def lane():
        while True:
            with lock:
                task = next(work, None)
            if task is None or (end and time.monotonic() > end):
                return
            one(world, module, *task, tally)

    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for future in [pool.submit(lane) for _ in range(options.jobs)]:
            future.result()
    return tally


def parse():
    """The command line."""
    here = os.path.dirname(os.path.abspath(__file__))
    root = os.path.dirname(os.path.dirname(here))
    parser = argparse.ArgumentParser(description=__doc__, epilog="; ".join(f"{k}: {v}" for k, v in CAMPAIGNS.items()))
    parser.add_argument("campaigns", nargs="*", metavar="NAME", help="campaigns (default: all); NAME.PART is a part")
    parser.add_argument("--build", default=os.path.join(root, "build", "dev"), help="build folder (default build/dev)")
    parser.add_argument("--seed", type=int, default=1, help="seed of the first trial")
    parser.add_argument("--count", type=int, help="trials of each campaign (default: those of the small form)")
    parser.add_argument("--minutes", type=float, help="go on for this long with each campaign instead")
    parser.add_argument("--jobs", type=int, default=2, help="trials at a time")
    parser.add_argument("--slow", type=float, default=1.0, help="factor for every time limit")
    parser.add_argument("--markdown", action="store_true", help="print the table for docs/reliability.md")
    options = parser.parse_args()
    for name in options.campaigns:
        if name.split(".")[0] not in CAMPAIGNS:
            parser.error(f"no campaign '{name}'; there are {', '.join(CAMPAIGNS)}")
    options.models = os.path.join(root, "configs", "models")
    build = os.path.relpath(options.build, root)
    options.repeat = f"scripts/campaign.sh --build {options.build if build.startswith('..') else build}"
    return options


def table(tallies, markdown):
    """tried, failed, lost of each campaign."""
    rows = [(CAMPAIGNS[tally.name.split(".")[0]] + (f" ({tally.name})" if "." in tally.name else ""), tally.tried,
             tally.failed, tally.lost) for tally in tallies]
    rows.append(("all", *(sum(row[i] for row in rows) for i in (1, 2, 3))))
    if markdown:
        return "\n".join(["| campaign | tried | failed | lost |", "|---|---|---|---|"] +
                         [f"| {row[0]} | {row[1]} | {row[2]} | {row[3]} |" for row in rows])
    return "\n".join(f"{row[0]:<55} tried {row[1]:>6}  failed {row[2]:>5}  lost {row[3]:>5}" for row in rows)


def main():
    """Exit code 1 when a trial failed."""
    options = parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    folder = tempfile.mkdtemp(prefix="qbench-campaign-")
    tallies = []
    try:
        world = World(os.path.join(options.build, "bin"), os.path.join(options.build, "tests", "campaign"),
                      options.models, folder)
        world.slow = options.slow
        for name in options.campaigns or CAMPAIGNS:
            start = time.monotonic()
            tallies.append(run_campaign(world, name, options))
            print(f"{name}: tried {tallies[-1].tried}, failed {tallies[-1].failed}, lost {tallies[-1].lost} in "
                  f"{time.monotonic() - start:.0f} s", flush=True)
    finally:
        if any(tally.failed for tally in tallies):
            print(f"the folders of the failed trials are kept in {folder}/trials")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    print(table(tallies, options.markdown))
    return 1 if any(tally.failed for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
