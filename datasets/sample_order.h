// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace qbench::datasets {

/// Which samples a limit keeps, as indices in the order they shall have. limit 0 or at least all: all, in their order.
/// Otherwise each class is shuffled by the seed and the classes are drawn from in turn: every prefix is balanced, and a
/// smaller limit gives a prefix of a larger one's. The same on every machine. `labels` are class indices, at least 0.
[[nodiscard]] std::vector<std::size_t> select_samples(const std::vector<int>& labels, std::size_t limit,
                                                      std::uint64_t seed);

}  // namespace qbench::datasets
