// SPDX-License-Identifier: Apache-2.0
#include "datasets/sample_order.h"

#include <map>
#include <numeric>
#include <random>
#include <utility>

namespace qbench::datasets {
namespace {

/// Fisher and Yates; std::shuffle may differ from one standard library to the next.
void shuffle(std::vector<std::size_t>& values, std::mt19937_64& random) {
  for (std::size_t i = values.size(); i > 1; --i) {
    std::swap(values[i - 1], values[random() % i]);
  }
}

}  // namespace

std::vector<std::size_t> select_samples(const std::vector<int>& labels, std::size_t limit, std::uint64_t seed) {
  std::vector<std::size_t> order(labels.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (limit == 0 || limit >= labels.size()) return order;
  std::map<int, std::vector<std::size_t>> classes;
  for (const std::size_t i : order) classes[labels[i]].push_back(i);
  for (auto& [label, members] : classes) {
    std::mt19937_64 random(seed + static_cast<std::uint64_t>(label) * 0x9E3779B97F4A7C15ULL);
    shuffle(members, random);
  }
  order.clear();
  for (std::size_t round = 0; order.size() < limit; ++round) {
    for (const auto& [label, members] : classes) {
      if (round < members.size() && order.size() < limit) order.push_back(members[round]);
    }
  }
  return order;
}

}  // namespace qbench::datasets
