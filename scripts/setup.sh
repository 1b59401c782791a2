#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Installs what qbench needs: the Debian packages of packages.txt that are missing, and the TensorFlow Lite C library
# with its headers, unpacked into .deps/ of the source tree. Does nothing when nothing is missing; never asks.
# Further packages may be named as arguments.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
readonly root
readonly runtime_version=2.9.0
readonly runtime_package=tfjs-tflite-node@0.0.2
readonly runtime_sha512=65e77d6e23b3f65916b1e92f3f07449b15e7b235c99d93bc88e574b36636d10535e5cc223de7731440588866caeec998a6426940d358f52ba4a0a9948bd6e4f7
readonly prefix="$root/.deps/tflite-$runtime_version"

say() { printf 'setup: %s\n' "$*"; }
fail() {
  printf 'setup: %s\n' "$*" >&2
  exit 2
}

# Names of the packages that this machine lacks, one a line.
missing_packages() {
  local package command
  while read -r package command _; do
    [[ -z $package || $package == '#'* ]] && continue
    [[ -n $command ]] && command -v "$command" >/dev/null && continue
    [[ $(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || printf '%s\n' "$package"
  done < <(cat "$root/scripts/packages.txt" && printf '%s\n' "$@")
}

install_packages() {
  local packages=() as_root=()
  if ! command -v dpkg-query >/dev/null; then
    say "this is no Debian or Ubuntu: the packages named in scripts/packages.txt must be there already"
    return
  fi
  mapfile -t packages < <(missing_packages "$@")
  ((${#packages[@]})) || return 0
  if ((EUID != 0)); then
    command -v sudo >/dev/null || fail "run as root, or install sudo: these packages are missing: ${packages[*]}"
    as_root=(sudo)
  fi
  as_root+=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300)
  say "installing the packages ${packages[*]}"
  "${as_root[@]}" update || say "the package lists could not be renewed; going on with those that are there"
  "${as_root[@]}" -o Dpkg::Options::=--force-confold install --no-install-recommends "${packages[@]}" >/dev/null
}

architecture() {
  if command -v dpkg >/dev/null; then
    dpkg --print-architecture
  else
    uname -m | sed -e 's/x86_64/amd64/' -e 's/aarch64/arm64/'
  fi
}

have_runtime() {
  [[ -f $prefix/include/tensorflow/lite/c/c_api.h ]] || return 1
  [[ $need_library == no || -f $prefix/lib/libtensorflowlite_c.so ]]
}

fetch_runtime() {
  local folder archive
  mkdir -p "$root/.deps"
  folder=$(mktemp -d "$root/.deps/fetch.XXXXXX")
  # shellcheck disable=SC2064  # the folder's name is wanted as it is now
  trap "rm -rf '$folder'" EXIT
  (cd "$folder" && npm pack --silent --ignore-scripts "$runtime_package" >/dev/null) ||
    fail "npm could not fetch $runtime_package; with a library of your own set QBENCH_TFLITE_LIB and QBENCH_TFLITE_INCLUDE_DIR"
  archive=$(echo "$folder"/*.tgz)
  echo "$runtime_sha512  $archive" | sha512sum --check --status ||
    fail "$runtime_package is not the file it should be (SHA-512 differs); nothing was unpacked"
  tar -xzf "$archive" -C "$folder"
  mkdir "$folder/out"
  mv "$folder/package/cc_deps/include" "$folder/out/include"
  if [[ $need_library == yes ]]; then
    mkdir "$folder/out/lib"
    mv "$folder/package/cc_deps/linux_$arch/libtensorflowlite_c.so" "$folder/out/lib/"
  fi
  rm -rf "$prefix"
  mv "$folder/out" "$prefix"
}

install_packages "$@"

arch=$(architecture)
need_library=yes
if [[ -n ${QBENCH_TFLITE_LIB:-} ]]; then
  [[ -f $QBENCH_TFLITE_LIB ]] || fail "QBENCH_TFLITE_LIB names no file: $QBENCH_TFLITE_LIB"
  need_library=no
elif [[ $arch != amd64 && $arch != arm64 ]]; then
  say "there is no packaged TensorFlow Lite library for $arch: set QBENCH_TFLITE_LIB to yours to measure anything"
  need_library=no
fi
if ! have_runtime; then
  say "fetching TensorFlow Lite $runtime_version (npm package $runtime_package) into .deps/"
  fetch_runtime
fi
