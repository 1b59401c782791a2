#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One night: tonight's build and the pinned reference (and the reference once more, as canary) in one interleaved run,
# kept in the history and checked. A night that looks slower is run a second time before anything is reported.
#
#   scripts/nightly.sh --reference PREFIX --candidate PREFIX --model FILE [--model FILE ...] [options] [-- RUN-OPTIONS]
#
#   --reference PREFIX   the pinned build, as installed: PREFIX/bin/qbench         (QBENCH_REFERENCE)
#   --candidate PREFIX   tonight's build                                           (QBENCH_CANDIDATE)
#   --model FILE         model to run; repeat it                                   (QBENCH_MODELS, one a line)
#   --data DIR           dataset; without it only latency is measured              (QBENCH_DATA)
#   --db FILE            the history file, default history.db                      (QBENCH_HISTORY)
#   --results DIR        where the nights' result folders go, default results      (QBENCH_RESULTS)
#   --qbench PROGRAM     the qbench that runs the night, default the reference's   (QBENCH)
#   --commit ID          commit of tonight's build                                 (QBENCH_COMMIT)
#   --branch NAME        branch of tonight's build; each has its own series        (QBENCH_BRANCH)
#   --gate GATES         limits for the check, e.g. 'latency<=+2%,top1>=-0.5pp'    (QBENCH_GATES)
#   RUN-OPTIONS          handed to 'qbench compare', e.g. --rounds 80 --batch 1
#
# Exit codes: 0 quiet; 1 a cell failed; 2 usage, config or input, or another night is running; 3 a confirmed regression
# or a missed gate.
set -euo pipefail

usage() {
  sed -n '3,24s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
}

say() { printf 'nightly: %s\n' "$*"; }

fail() {
  printf 'nightly: %s\n' "$*" >&2
  exit 2
}

reference=${QBENCH_REFERENCE:-}
candidate=${QBENCH_CANDIDATE:-}
data=${QBENCH_DATA:-}
db=${QBENCH_HISTORY:-history.db}
results=${QBENCH_RESULTS:-results}
qbench=${QBENCH:-}
commit=${QBENCH_COMMIT:-}
branch=${QBENCH_BRANCH:-}
gates=${QBENCH_GATES:-}
models=()
while IFS= read -r model; do
  [[ -z $model ]] || models+=("$model")
done <<<"${QBENCH_MODELS:-}"
run_options=()
given_models=0

while (($#)); do
  case $1 in
    -h | --help)
      usage
      exit 0
      ;;
    --)
      shift
      run_options=("$@")
      break
      ;;
    --reference | --candidate | --model | --data | --db | --results | --qbench | --commit | --branch | --gate)
      (($# >= 2)) || fail "$1 needs a value; see --help"
      case $1 in
        --reference) reference=$2 ;;
        --candidate) candidate=$2 ;;
        --model)
          ((given_models)) || models=()  # the command line wins over the environment
          given_models=1
          models+=("$2")
          ;;
        --data) data=$2 ;;
        --db) db=$2 ;;
        --results) results=$2 ;;
        --qbench) qbench=$2 ;;
        --commit) commit=$2 ;;
        --branch) branch=$2 ;;
        --gate) gates=$2 ;;
      esac
      shift 2
      ;;
    *) fail "unknown option '$1'; see --help" ;;
  esac
done

[[ -n $reference ]] || fail "which build is the pinned reference? give --reference PREFIX; see --help"
[[ -n $candidate ]] || fail "which build is tonight's? give --candidate PREFIX; see --help"
((${#models[@]})) || fail "no model: give --model FILE; see --help"
for prefix in "$reference" "$candidate"; do
  [[ -x $prefix/bin/qbench ]] || fail "there is no program '$prefix/bin/qbench'; is that an installed qbench?"
done
qbench=${qbench:-$reference/bin/qbench}
mkdir -p "$results" || fail "cannot make the folder '$results'"

# Two nights at once would disturb each other. The lock goes with the process, so a killed night leaves nothing behind.
exec 9>"$db.lock" || fail "cannot write '$db.lock'"
flock --nonblock 9 || fail "another night is running ('$db.lock' is locked); nothing was done"

compare_options=(--live --again --binary-a "$reference/bin/qbench" --binary-b "$candidate/bin/qbench")
for model in "${models[@]}"; do compare_options+=(--model "$model"); done
[[ -z $data ]] || compare_options+=(--data "$data")
check_options=(--db "$db" --branch "$branch")
[[ -z $gates ]] || check_options+=(--gate "$gates")

failed_cell=0

# measure SUFFIX ADD-OPTION...: one run, added to the history; $run is its number there.
measure() {
  local name folder log code=0 added again=1
  name=$results/night-$(date -u +%Y%m%dT%H%M%SZ)$1
  folder=$name
  # A board without a clock of its own may come to the same second every night.
  while [[ -e $folder || -e $folder.log ]]; do folder=$name.$((++again)); done
  log=$folder.log
  shift
  say "running into '$folder'"
  "$qbench" -q compare "${compare_options[@]}" "${run_options[@]}" -o "$folder" >"$log" 2>&1 9>&- || code=$?
  if ((code > 1)); then
    tail -n 3 "$log" >&2
    printf 'nightly: the run ended with %d, nothing was added; see %s\n' "$code" "$log" >&2
    exit "$code"
  fi
  ((code == 0)) || failed_cell=1
  added=$("$qbench" history add --db "$db" --commit "$commit" --branch "$branch" "$@" "$folder") || exit $?
  say "$added"
  run=$(sed -n "s/.* added as run \([0-9]*\):.*/\1/p" <<<"$added")
  [[ -n $run ]] || fail "the run was not added: $added"
}

# check: prints what the history says; $state and $code are the answer.
check() {
  local text
  code=0
  text=$("$qbench" history check "${check_options[@]}") || code=$?
  printf '%s\n' "$text"
  ((code == 0 || code == 3)) || exit "$code"
  state=$(sed -n '$s/^state: //p' <<<"$text")
  [[ -n $state ]] || fail "'$qbench history check' gave no state"
}

measure "" --new-night
night=$run
check
if [[ $state == confirm-needed ]]; then
  say "night $night looks slower: a second run decides"
  measure -again --confirm --night "$night"
  check
fi
if ((code == 0 && failed_cell)); then code=1; fi
say "state: $state"
exit "$code"
