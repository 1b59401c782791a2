#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Sets up the machine, builds qbench and runs every test. The last line is "N passed, N failed, N skipped"; the exit
# code is 0 only when nothing failed.
#
#   scripts/test.sh            the ordinary build
#   scripts/test.sh --asan     the same tests under AddressSanitizer and UndefinedBehaviorSanitizer
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

preset=dev
case ${1:-} in
  '') ;;
  --asan) preset=asan ;;
  *)
    sed -n '3,8s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
readonly preset
readonly results="build/$preset/ctest.xml"

step() {
  "$@" || {
    printf 'failed before any test could run: %s\n0 passed, 1 failed, 0 skipped\n' "$*"
    exit 1
  }
}

# Value of an attribute of the test suite in CTest's JUnit file.
count() { sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$results" | head -n 1; }

step scripts/setup.sh lld
step cmake --preset "$preset" --log-level=WARNING
step cmake --build --preset "$preset" -- --quiet
rm -f "$results"
status=0
ctest --preset "$preset" --output-junit "$PWD/$results" || status=$?
[[ -f $results ]] || step false
failed=$(count failures)
skipped=$(count skipped)
echo "$(($(count tests) - failed - skipped)) passed, $failed failed, $skipped skipped"
exit "$status"
