#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do qbench's clock and Google Benchmark's agree on the same cell? Goal: within 1 %.

Short measurements of `qbench run` and of `qbench-gbench` take turns, so that a busy machine slows both. Each turn gives
the ratio of the two median times of an invoke; the median ratio and its 95 % order-statistic interval are printed.
Exit code 0 when the median lies within the goal, else 1.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 20  # blocks of a short run; each is one repetition in gbench.json


def times(report):
    """Nanoseconds of every repetition in a file of Google Benchmark's format."""
    entries = json.loads(report.read_text())["benchmarks"]
    return [e["real_time"] for e in entries if e["run_type"] == "iteration"]


def run_once(options, folder):
    results = folder / "run"
    subprocess.run(
        [options.bin / "qbench", "-q", "run", "-m", options.model, "-b", str(options.batch), "--kernels",
         options.kernels, "--rounds", str(ROUNDS), "--min-rounds", str(ROUNDS), "--no-early-stop", "--formats",
         "json,gbench", "-o", results], check=True, stdout=subprocess.DEVNULL)
    return statistics.median(times(results / "gbench.json"))


def gbench_once(options, folder):
    out = folder / "gbench.json"
    subprocess.run(
        [options.bin / "qbench-gbench", "-m", options.model, "-b", str(options.batch), "--kernels", options.kernels,
         f"--benchmark_repetitions={ROUNDS}", "--benchmark_min_time=0.02", "--benchmark_report_aggregates_only=false",
         f"--benchmark_out={out}"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return statistics.median(times(out))


def interval(values):
    """95 % order-statistic interval of the median; the whole range for few values."""
    values = sorted(values)
    n = len(values)
    low, tail = 0, 0.0
    while low < n // 2:
        tail += math.comb(n, low) / 2**n
        if tail > 0.025:
            break
        low += 1
    low = max(low - 1, 0)
    return values[low], values[n - 1 - low]


def parse():
    root = pathlib.Path(__file__).resolve().parent.parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, default=root / "build/release/bin", help="folder of the programs")
    parser.add_argument("--model", default=str(root / "configs/models/default_fp32.tflite"))
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--kernels", default="auto")
    parser.add_argument("--turns", type=int, default=11)
    parser.add_argument("--goal", type=float, default=1.0, help="percent")
    return parser.parse_args()


def main():
    options = parse()
    ratios = []
    for turn in range(options.turns):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            measure = [run_once, gbench_once] if turn % 2 == 0 else [gbench_once, run_once]
            took = {m: m(options, folder) for m in measure}
        ratios.append(took[gbench_once] / took[run_once])
        print(f"turn {turn + 1}: run {took[run_once] / 1e3:.1f} us, gbench {took[gbench_once] / 1e3:.1f} us, "
              f"ratio {ratios[-1]:.4f}", flush=True)
    low, high = interval(ratios)
    difference = 100 * (statistics.median(ratios) - 1)
    print(f"gbench against run: {difference:+.2f} % (95 % interval {100 * (low - 1):+.2f} to {100 * (high - 1):+.2f})")
    return 0 if abs(difference) <= options.goal else 1


if __name__ == "__main__":
    sys.exit(main())
