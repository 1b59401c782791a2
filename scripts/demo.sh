#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh machine to a report: sets up, builds, draws test images and compares every variant of the shipped
# classifier. Everything that it makes lies in build/ and demo/. May be run again at any time.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly qbench=build/release/bin/qbench
readonly images=2000

say() { printf 'demo: %s\n' "$*"; }

scripts/setup.sh
say "building (a few minutes the first time)"
cmake --preset release --log-level=WARNING
cmake --build --preset release -- --quiet
mkdir -p demo
"$qbench" dataset synth demo/shapes --count "$images" --seed 3
results="demo/results/$(date -u +%Y%m%dT%H%M%SZ)"
"$qbench" run configs/default.json --output "$results"
say "the reports lie in $results: report.md for people, report.json and report.csv for programs"
