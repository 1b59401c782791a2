#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the libFuzzer targets with clang under AddressSanitizer and UndefinedBehaviorSanitizer and runs each from its
# seeds, with a fixed seed so that a failure can be repeated: the model reader for 60 seconds or 100,000 inputs, the
# others for 10 seconds or 20,000. Any finding fails; its input is kept in build/fuzz/findings. The last line is
# "N passed, N failed, 0 skipped".
#
#   scripts/fuzz.sh [SECONDS [RUNS]]     for the model reader
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly seconds=${1:-60}
readonly runs=${2:-100000}
readonly targets=(tflite_reader_fuzz image_sniff_fuzz tensor_cache_fuzz recipe_fuzz)

scripts/setup.sh clang
cmake --preset fuzz --log-level=WARNING >/dev/null
cmake --build --preset fuzz --target "${targets[@]}" -- --quiet
export UBSAN_OPTIONS=print_stacktrace=1
mkdir -p build/fuzz/findings

# Fuzzes one target; its log tells what happened.
fuzz() {
  local target=$1 corpus=build/fuzz/corpus-$1
  local limits=(-max_total_time=10 -runs=20000)
  [[ $target == tflite_reader_fuzz ]] && limits=(-max_total_time="$seconds" -runs="$runs")
  rm -rf "$corpus" && mkdir -p "$corpus"
  "build/fuzz/tests/fuzz/$target" "${limits[@]}" -seed=1 -timeout=20 -rss_limit_mb=4000 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/findings/$target-" "$corpus" "tests/fuzz/corpus/$target" \
    >"build/fuzz/$target.log" 2>&1
}

passed=0
failed=0
report() {
  local target=$1
  if [[ $2 == 0 ]]; then
    echo "$target: $(grep -o 'number_of_executed_units: *[0-9]*' "build/fuzz/$target.log"), no finding"
    passed=$((passed + 1))
  else
    tail -n 30 "build/fuzz/$target.log"
    failed=$((failed + 1))
  fi
}

# The first takes as long as all others together.
fuzz "${targets[0]}" &
readonly first=$!
for target in "${targets[@]:1}"; do
  status=0
  fuzz "$target" || status=$?
  report "$target" "$status"
done
status=0
wait "$first" || status=$?
report "${targets[0]}" "$status"
echo "$passed passed, $failed failed, 0 skipped"
((failed == 0))
