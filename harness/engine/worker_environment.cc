// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_environment.h"

#include <algorithm>
#include <array>

#include "core/system_tree.h"

namespace qbench::engine {
namespace {

constexpr std::array<std::string_view, 8> kPrefixes = {"LD_",  "QBENCH_", "MALLOC_", "GLIBC_TUNABLES",
                                                       "OMP_", "GOMP_",   "KMP_",    "UMOCKDEV_"};
constexpr std::string_view kSanitizerOptions = "SAN_OPTIONS";

/// ONNX Runtime since 1.29 writes a data base into the home folder and sends figures unless told so before it starts.
/// Hashing a library would read OpenSSL's settings, which the sandbox refuses.
constexpr std::array kFixed = {"ORT_DISABLE_TELEMETRY=1", "ORT_TELEMETRY_DISABLED=1", "OPENSSL_CONF=/dev/null"};

bool is_kept(std::string_view name, const std::vector<std::string>& declared) {
  return std::ranges::any_of(kPrefixes, [name](std::string_view prefix) { return name.starts_with(prefix); }) ||
         name.ends_with(kSanitizerOptions) || std::ranges::find(declared, name) != declared.end();
}

}  // namespace

std::vector<std::string> worker_environment(const char* const* parent, std::string_view declared) {
  const std::vector<std::string> names = words_of(declared, ", ");
  std::vector<std::string> environment(kFixed.begin(), kFixed.end());
  for (; *parent != nullptr; ++parent) {
    const std::string_view variable(*parent);
    if (is_kept(variable.substr(0, variable.find('=')), names)) environment.emplace_back(variable);
  }
  return environment;
}

}  // namespace qbench::engine
