// SPDX-License-Identifier: Apache-2.0
#include "datasets/subset.h"

#include <utility>

#include "datasets/sample_order.h"

namespace qbench::datasets {

Subset::Subset(const Dataset& whole, std::vector<std::size_t> indices) : whole_(whole), indices_(std::move(indices)) {
  samples_.reserve(indices_.size());
  for (const std::size_t index : indices_) samples_.push_back(whole_.samples().at(index));
}

UniqueFd Subset::open(std::size_t index) const { return whole_.open(indices_.at(index)); }

std::vector<std::byte> Subset::read(std::size_t index, int file) const { return whole_.read(indices_.at(index), file); }

LoadResult Subset::decode(std::size_t index, std::span<const std::byte> stored, bool apply_exif) const {
  return whole_.decode(indices_.at(index), stored, apply_exif);
}

std::vector<std::size_t> balanced_indices(const Dataset& whole, std::size_t limit, std::uint64_t seed) {
  std::vector<int> labels;
  labels.reserve(whole.samples().size());
  for (const Sample& sample : whole.samples()) labels.push_back(sample.label);
  if (limit < labels.size()) return select_samples(labels, limit, seed);
  // All of them, but a prefix must still hold every class.
  std::vector<std::size_t> order = select_samples(labels, labels.size() - 1, seed);
  std::vector<bool> drawn(labels.size(), false);
  for (const std::size_t index : order) drawn[index] = true;
  for (std::size_t i = 0; i < drawn.size(); ++i) {
    if (!drawn[i]) order.push_back(i);
  }
  return order;
}

}  // namespace qbench::datasets
