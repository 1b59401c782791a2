#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do qbench's clock and Google Benchmark's agree on the same cell? Goal: within 1 %.

1. The same invokes on both clocks: `qbench-gbench` reports real_time and, as invoke_ns, what `qbench run` would call the
   time of the same invokes. The median difference over the repetitions decides the exit code (0 within the goal, else 1).
2. The two programs in turn: short measurements of `qbench run` and of `qbench-gbench` alternate, so that a busy machine
   slows both. Each turn gives the ratio of the lower deciles of many short repetitions (what the machine does while
   nobody disturbs it); the median ratio and its 95 % order-statistic interval are printed.
"""

import argparse
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 60  # blocks of a short run; each is one repetition in gbench.json
SECONDS = 0.0025  # of one repetition: a few invokes


def repetitions(report):
    """The repetitions in a file of Google Benchmark's format."""
    return [e for e in json.loads(report.read_text())["benchmarks"] if e["run_type"] == "iteration"]


def lower_decile(entries):
    return statistics.quantiles([e["real_time"] for e in entries], n=10)[0]


def run_once(options, folder):
    results = folder / "run"
    subprocess.run(
        [options.bin / "qbench", "-q", "run", "-m", options.model, "-b", str(options.batch), "--kernels",
         options.kernels, "--rounds", str(ROUNDS), "--min-rounds", str(ROUNDS), "--no-early-stop",
         "--max-seconds", "3600",
         "--restart-rounds", "0",  # one process, like the other program
         "--max-block-seconds", str(SECONDS), "--formats", "json,gbench", "-o", results],
        check=True, stdout=subprocess.DEVNULL)
    return repetitions(results / "gbench.json")


def gbench_once(options, folder):
    out = folder / "gbench.json"
    subprocess.run(
        [options.bin / "qbench-gbench", "-m", options.model, "-b", str(options.batch), "--kernels", options.kernels,
         f"--benchmark_repetitions={ROUNDS}", f"--benchmark_min_time={SECONDS}", f"--benchmark_out={out}"],
        check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return repetitions(out)


def interval(values):
    """95 % order-statistic interval of the median; the whole range for few values."""
    values = sorted(values)
    count = len(values)
    low, tail = 0, 0.5**count
    while low + 1 < count // 2 and tail + math.comb(count, low + 1) * 0.5**count <= 0.025:
        low += 1
        tail += math.comb(count, low) * 0.5**count
    return values[low], values[count - 1 - low]


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
    ratios, clocks = [], []
    for turn in range(options.turns):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            measure = [run_once, gbench_once] if turn % 2 == 0 else [gbench_once, run_once]
            took = {m: m(options, folder) for m in measure}
        clocks += [e["real_time"] / e["invoke_ns"] for e in took[gbench_once]]
        run, gbench = lower_decile(took[run_once]), lower_decile(took[gbench_once])
        ratios.append(gbench / run)
        print(f"turn {turn + 1}: run {run / 1e3:.1f} us, gbench {gbench / 1e3:.1f} us, ratio {ratios[-1]:.4f}",
              flush=True)
    low, high = interval(ratios)
    same = 100 * (statistics.median(clocks) - 1)
    print(f"same invokes, Google's clock against ours: {same:+.3f} % (median of {len(clocks)} repetitions)")
    print(f"gbench against run, in turn: {100 * (statistics.median(ratios) - 1):+.2f} % (95 % interval "
          f"{100 * (low - 1):+.2f} to {100 * (high - 1):+.2f})")
    return 0 if abs(same) <= options.goal else 1


if __name__ == "__main__":
    sys.exit(main())
