// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// An image file with its class, before a limit is applied.
struct LabelledFile {
  std::string path;  ///< relative to the dataset's root, or absolute; raw bytes as the file system gives them
  int label = 0;
};

/// What the folder and the list have in common: image files that are read and decoded on demand.
class ImageFileDataset : public Dataset {
 public:
  struct Contents {
    std::string kind;
    std::filesystem::path root;
    std::vector<LabelledFile> files;
    std::vector<std::string> class_names;
    DatasetFacts facts{};
  };

  /// Keeps the files that `limit` and `seed` choose (see select_samples).
  ImageFileDataset(Contents contents, std::size_t limit, std::uint64_t seed);

  [[nodiscard]] std::string kind() const override { return kind_; }
  [[nodiscard]] const std::vector<Sample>& samples() const override { return samples_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return class_names_; }
  [[nodiscard]] const DatasetFacts& facts() const override { return facts_; }
  [[nodiscard]] UniqueFd open(std::size_t index) const override;
  [[nodiscard]] std::vector<std::byte> read(std::size_t index, int file) const override;
  [[nodiscard]] LoadResult decode(std::size_t index, std::span<const std::byte> stored, bool apply_exif) const override;

 private:
  std::string kind_;
  std::filesystem::path root_;
  std::vector<std::string> paths_;
  std::vector<Sample> samples_;
  std::vector<std::string> class_names_;
  DatasetFacts facts_;
};

/// `bytes` with every byte that is not part of valid UTF-8 replaced by "\xNN": a file name may hold any bytes, an id is
/// text that goes into reports.
[[nodiscard]] std::string to_utf8(std::string_view bytes);

}  // namespace qbench::datasets
