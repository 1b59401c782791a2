// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// Some samples of another dataset, in an order of their own.
class Subset : public Dataset {
 public:
  /// `whole` is borrowed; `indices` are positions in whole.samples().
  Subset(const Dataset& whole, std::vector<std::size_t> indices);

  [[nodiscard]] std::string kind() const override { return whole_.kind(); }
  [[nodiscard]] const std::vector<Sample>& samples() const override { return samples_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return whole_.class_names(); }
  [[nodiscard]] const DatasetFacts& facts() const override { return whole_.facts(); }
  [[nodiscard]] UniqueFd open(std::size_t index) const override;
  [[nodiscard]] std::vector<int> shared_files() const override { return whole_.shared_files(); }
  [[nodiscard]] std::vector<std::byte> read(std::size_t index, int file) const override;
  [[nodiscard]] LoadResult decode(std::size_t index, std::span<const std::byte> stored, bool apply_exif) const override;

 private:
  const Dataset& whole_;
  std::vector<std::size_t> indices_;
  std::vector<Sample> samples_;
};

/// A subset of at most `limit` samples, balanced over the classes as select_samples() draws them.
[[nodiscard]] std::vector<std::size_t> balanced_indices(const Dataset& whole, std::size_t limit, std::uint64_t seed);

}  // namespace qbench::datasets
