// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/planted_work.h"

namespace qbench::engine {

void planted_work(std::int64_t units) noexcept {
  std::uint64_t value = 1;
  for (std::int64_t i = 0; i < units; ++i) value = value * 6364136223846793005ULL + 1442695040888963407ULL;  // Knuth's
  asm volatile("" : : "r"(value));  // the result counts as used
}

}  // namespace qbench::engine
