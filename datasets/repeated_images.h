// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// An image that is there once more.
struct RepeatedImage {
  std::size_t index = 0;     ///< of the copy
  std::size_t original = 0;  ///< the first with these stored bytes
  bool other_class = false;  ///< under another label: one of the two is wrong
};

/// Finds images with the same stored bytes. An interval takes its images for independent draws; a copy adds none.
class RepeatFinder {
 public:
  /// Samples in order; `content_sha256` as in LoadResult, an empty one is no image.
  void add(std::size_t index, int label, std::string_view content_sha256);

  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  [[nodiscard]] std::size_t other_class_count() const noexcept { return other_class_; }
  /// The first 100, those under another label apart from the rest.
  [[nodiscard]] const std::vector<RepeatedImage>& same_class() const noexcept { return same_class_examples_; }
  [[nodiscard]] const std::vector<RepeatedImage>& other_class() const noexcept { return other_class_examples_; }

 private:
  struct First {
    std::size_t index = 0;
    int label = 0;
  };
  std::unordered_map<std::string, First> seen_;  // by the first half of the hash
  std::size_t count_ = 0;
  std::size_t other_class_ = 0;
  std::vector<RepeatedImage> same_class_examples_;
  std::vector<RepeatedImage> other_class_examples_;
};

}  // namespace qbench::datasets
