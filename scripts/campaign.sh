#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Campaigns over the built programs (docs/reliability.md): builds what they need, runs them, ends with "tried, failed,
# lost" for each. A trial that fails tells its seed and the command that repeats it.
#
#   scripts/campaign.sh                         the small form, as the tests run it
#   scripts/campaign.sh --minutes 10            each campaign for ten minutes
#   scripts/campaign.sh --count 1 --seed 7 kills
#   scripts/campaign.sh --help                  all options, and the campaigns
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=build/dev
for ((i = 1; i < $#; ++i)); do
  [[ ${!i} == --build ]] && next=$((i + 1)) && build=${!next}
done
[[ -f $build/CMakeCache.txt ]] || cmake --preset dev --log-level=WARNING
cmake --build "$build" --target campaign_world >/dev/null
exec python3 tests/campaign/campaign.py "$@"
