#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do the intervals of separate runs agree, on a busy machine? Goals: at least 19 of 20 hold the pooled figure, and no
two stored runs of the same thing are called FASTER or SLOWER.

    scripts/check_intervals.py BIN BASELINE.tflite VARIANT.tflite [--data IMAGES] [--runs 20] [--busy]

1. Runs the same comparison again and again. The pooled figure is the median of the round ratios of all runs, for each
   batch size; counted are the intervals that hold it. With --busy other processes work meanwhile, in phases of 2 to 40 s
   drawn anew: none, arithmetic, or copies through the caches, on one or two CPUs.
2. Sets stored runs against each other with `qbench compare`, neighbours and those far apart, and counts verdicts.
"""

import argparse
import json
import math
import multiprocessing
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time

LOADS = ("none", "arithmetic", "copies")


def work(load, until):
    block = bytearray(24 << 20)
    value = 1
    while time.monotonic() < until:
        if load == "copies":
            block[: len(block) // 2] = block[len(block) // 2:]
        for _ in range(20_000 if load == "arithmetic" else 1):
            value = value * 6364136223846793005 % (1 << 64) + 1


def keep_busy(seed):
    """Never ends by itself; one process a CPU and phase."""
    draw = random.Random(seed)
    while True:
        load, seconds = draw.choice(LOADS), math.exp(draw.uniform(math.log(2), math.log(40)))
        if load == "none":
            time.sleep(seconds)
        else:
            work(load, time.monotonic() + seconds)


def run(options, folder):
    command = [options.bin / "qbench", "-q", "run", "-m", f"baseline={options.baseline}", "-m",
               f"variant={options.variant}", "--formats", "json", "-o", folder]
    if options.data:
        command += ["-d", options.data]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return json.loads((folder / "report.json").read_text())


def round_ratios(report, batch):
    """Baseline's time over the variant's, round by round."""
    medians = []
    for cell in report["cells"]:
        lane = next(lane for lane in cell["lanes"] if lane["batch"] == batch)
        rounds = {}
        for block in lane["blocks"]:
            rounds.setdefault(block["round"], []).extend(block["samples_ns"])
        medians.append({number: statistics.median(samples) for number, samples in rounds.items()})
    return [medians[0][number] / medians[1][number] for number in sorted(medians[0].keys() & medians[1].keys())]


def interval(report, batch):
    for cell in report["comparison"]["cells"]:
        for lane in cell.get("lanes", []):
            if cell["id"] == "variant" and lane["batch"] == batch:
                return lane["speed_up"]["paired_interval"]
    raise SystemExit("the report holds no interval")


def ends(value):
    return (value["low"], value["high"]) if isinstance(value, dict) else tuple(value)


def check_pooled(reports, batch):
    pooled = statistics.median([ratio for report in reports for ratio in round_ratios(report, batch)])
    intervals = [ends(interval(report, batch)) for report in reports]
    holding = sum(low <= pooled <= high for low, high in intervals)
    width = statistics.median([100 * (high / low - 1) for low, high in intervals])
    middles = [statistics.median(round_ratios(report, batch)) for report in reports]
    print(f"batch {batch}: pooled {pooled:.4f}x, runs {min(middles):.4f} to {max(middles):.4f}; "
          f"{holding} of {len(intervals)} intervals hold it, median width {width:.2f} %")
    return holding >= 0.95 * len(intervals)


def check_pairs(options, folders):
    count = len(folders)
    distances = (1, 2, count // 2)
    pairs = [(i, i + d) for d in distances for i in range(count - d)][: options.pairs]
    wrong, verdicts = 0, {}
    for first, second in pairs:
        done = subprocess.run([options.bin / "qbench", "compare", folders[first], folders[second], "--json", "--force"],
                              capture_output=True, text=True, check=False)
        found = re.findall(r'"verdict": *"([A-Z ]+)"', done.stdout)
        for verdict in found:
            verdicts[verdict] = verdicts.get(verdict, 0) + 1
        wrong += any(verdict in ("FASTER", "SLOWER") for verdict in found)
    print(f"stored pairs: {wrong} of {len(pairs)} have a FASTER or SLOWER; rows: {verdicts}")
    return wrong == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bin", type=pathlib.Path)
    parser.add_argument("baseline", type=pathlib.Path)
    parser.add_argument("variant", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--pairs", type=int, default=40)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    busy = [multiprocessing.Process(target=keep_busy, args=(options.seed + cpu,), daemon=True)
            for cpu in range(len(os.sched_getaffinity(0)) if options.busy else 0)]
    for process in busy:
        process.start()
    with tempfile.TemporaryDirectory() as scratch:
        folders = [pathlib.Path(scratch) / f"{number:02}" for number in range(options.runs)]
        start = time.monotonic()
        reports = [run(options, folder) for folder in folders]
        for process in busy:
            process.terminate()
        print(f"{options.runs} runs in {time.monotonic() - start:.0f} s{', busy' if options.busy else ''}")
        batches = [lane["batch"] for lane in reports[0]["cells"][0]["lanes"]]
        good = all([check_pooled(reports, batch) for batch in batches])
        good = check_pairs(options, folders) and good
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
