// SPDX-License-Identifier: Apache-2.0
#include "models/quantize/prune.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "core/error.h"
#include "models/quantize/map_weights.h"

namespace qbench::models {
namespace {

void prune_values(std::vector<float>& values, double sparsity) {
  const auto count = static_cast<std::size_t>(static_cast<double>(values.size()) * sparsity);
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto smaller = [&values](std::size_t a, std::size_t b) {
    const float left = std::abs(values[a]);
    const float right = std::abs(values[b]);
    return left != right ? left < right : a < b;
  };
  std::nth_element(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(), smaller);
  for (std::size_t i = 0; i < count; ++i) {
    values[order[i]] = 0.0F;
  }
}

}  // namespace

Graph prune(const Graph& graph, double sparsity) {
  if (!(sparsity >= 0.0 && sparsity < 1.0)) {
    throw Error(ErrorCode::kUsage, "a sparsity of {:g} makes no sense; give 0 or more and less than 1", sparsity);
  }
  return map_weights(graph, [sparsity](std::vector<float>& values) { prune_values(values, sparsity); });
}

}  // namespace qbench::models
