#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a fresh machine to a report: sets up, builds, draws images, makes the variants of the shipped classifier and
# compares them. Everything that it makes lies in build/ and demo/. May be run again at any time.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly qbench=build/release/bin/qbench
readonly model=configs/models/default_fp32.tflite
readonly images=2000
readonly calibration_images=200

say() { printf 'demo: %s\n' "$*"; }

scripts/setup.sh
say "building (a few minutes the first time)"
cmake --preset release --log-level=WARNING
cmake --build --preset release -- --quiet
mkdir -p demo
"$qbench" dataset synth demo/calibration --count "$calibration_images" --seed 2
"$qbench" dataset synth demo/shapes --count "$images" --seed 3
say "making the variants of the shipped float model"
"$qbench" -q quantize "$model" --to fp16,dynamic,int16x8,weight-only \
  --calibrate demo/calibration --images "$calibration_images" --output demo/models --force
"$qbench" -q quantize "$model" --to int8 --io uint8 \
  --calibrate demo/calibration --images "$calibration_images" --output demo/models --force
results="demo/results/$(date -u +%Y%m%dT%H%M%SZ)"
"$qbench" run configs/default.json --output "$results"
say "the reports lie in $results: report.md for people, report.json and report.csv for programs"
