// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/latency_cpu.h"

#include <fmt/ranges.h>

#include <string>

#include "core/error.h"
#include "harness/board/cpu_reader.h"

namespace qbench::engine {

std::optional<int> latency_cpu(const RunSettings& settings, const std::filesystem::path& root) {
  if (settings.pin == "none") return std::nullopt;
  const SystemTree tree(root);
  if (settings.pin == "auto") return fastest_allowed_cpu(tree);
  const std::vector<int> allowed = allowed_cpus(tree);
  for (const int cpu : allowed) {
    if (settings.pin == std::to_string(cpu)) return cpu;
  }
  throw Error(ErrorCode::kConfig, "settings: 'pin' is '{}', but this process may run on CPU {} only; name one of these",
              settings.pin, fmt::join(allowed, ", "));
}

bool fits_one_cpu(const CellPlan& cell) noexcept {
  return cell.options.threads == 1 && cell.options.delegate.library.empty();
}

}  // namespace qbench::engine
