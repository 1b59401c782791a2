// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace qbench::engine {

/// Real extra work of a known kind, to see whether a slow-down of a known size is found: `units` multiplications that
/// each wait for the one before. They touch no memory, so that they cost the same wherever they stand.
void planted_work(std::int64_t units) noexcept;

}  // namespace qbench::engine
