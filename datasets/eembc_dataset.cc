// SPDX-License-Identifier: Apache-2.0
#include "datasets/eembc_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/open_file.h"
#include "datasets/class_text.h"
#include "datasets/csv_table.h"
#include "datasets/image_file_dataset.h"
#include "datasets/image_header.h"
#include "datasets/label_file.h"
#include "datasets/preprocess.h"
#include "datasets/sample_order.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

class EembcDataset : public Dataset {
 public:
  EembcDataset(fs::path root, const PixelShape& shape, std::vector<LabelledFile> files,
               std::vector<std::string> class_names, DatasetFacts facts)
      : root_(std::move(root)), shape_(shape), class_names_(std::move(class_names)), facts_(std::move(facts)) {
    for (LabelledFile& file : files) {
      samples_.push_back({.id = to_utf8(file.path), .label = file.label});
      paths_.push_back(std::move(file.path));
    }
  }

  [[nodiscard]] std::string kind() const override { return "eembc"; }
  [[nodiscard]] const std::vector<Sample>& samples() const override { return samples_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return class_names_; }

  [[nodiscard]] const DatasetFacts& facts() const override { return facts_; }
  [[nodiscard]] UniqueFd open(std::size_t index) const override { return open_for_reading(root_ / paths_.at(index)); }
  [[nodiscard]] std::vector<std::byte> read(std::size_t index, int file) const override {
    return read_open_file(file, root_ / paths_.at(index), kMaxImageFileBytes);
  }
  [[nodiscard]] LoadResult decode(std::size_t /*index*/, std::span<const std::byte> stored,
                                  bool /*apply_exif*/) const override {
    if (stored.size() != shape_.bytes()) {
      return {.image = {},
              .skip_reason = fmt::format("damaged: {} bytes, a {}x{}x{} image has {}", stored.size(), shape_.height,
                                         shape_.width, shape_.channels, shape_.bytes())};
    }
    const auto* pixels = reinterpret_cast<const std::uint8_t*>(stored.data());
    return {.image = {.height = shape_.height,
                      .width = shape_.width,
                      .channels = shape_.channels,
                      .pixels = {pixels, pixels + stored.size()}},
            .skip_reason = {}};
  }

 private:
  fs::path root_;
  PixelShape shape_;
  std::vector<std::string> paths_;
  std::vector<Sample> samples_;
  std::vector<std::string> class_names_;
  DatasetFacts facts_;
};

/// Square RGB from the size of the first file that is there.
PixelShape guess_shape(const fs::path& root, const std::vector<LabelledFile>& files) {
  for (const LabelledFile& file : files) {
    std::error_code error;
    const std::uintmax_t bytes = fs::file_size(root / file.path, error);
    if (error) continue;
    const int side = static_cast<int>(std::lround(std::sqrt(static_cast<double>(bytes) / 3.0)));
    const PixelShape shape{.height = side, .width = side, .channels = 3};
    if (side > 0 && shape.bytes() == bytes) return shape;
    throw Error(ErrorCode::kDataset, "'{}' has {} bytes, which is no square RGB image; give height, width and channels",
                (root / file.path).string(), bytes);
  }
  throw Error(ErrorCode::kDataset, "none of the files that '{}' names is in '{}'", kEembcLabelsFile, root.string());
}

std::vector<std::string> class_names(const DatasetOptions& options, int classes, const fs::path& labels) {
  std::vector<std::string> names;
  if (options.labels_file.empty()) {
    for (int i = 0; i < classes; ++i) names.push_back(std::to_string(i));
    return names;
  }
  names = read_label_file(options.labels_file);
  if (static_cast<int>(names.size()) == classes) return names;
  throw Error(ErrorCode::kDataset, "labels file '{}' has {} classes, '{}' has {}", options.labels_file.string(),
              names.size(), labels.string(), classes);
}

struct EembcListing {
  std::vector<LabelledFile> files;
  int classes = 0;
};

EembcListing read_listing(const fs::path& labels) {
  EembcListing listing;
  for (const CsvRow& row : read_csv(labels)) {
    const bool complete = row.fields.size() >= 3;
    const int classes = complete ? whole_number(row.fields[1]).value_or(0) : 0;
    const int label = complete ? whole_number(row.fields[2]).value_or(-1) : -1;
    if (row.fields[0].empty() || classes < 1 || classes > kMaxClasses) {
      throw Error(ErrorCode::kDataset, "'{}' line {}: it must be `file,number of classes,label`", labels.string(),
                  row.line);
    }
    if (listing.classes == 0) listing.classes = classes;
    if (classes != listing.classes) {
      throw Error(ErrorCode::kDataset, "'{}' line {}: {} classes, the lines before have {}", labels.string(), row.line,
                  classes, listing.classes);
    }
    if (label < 0 || label >= classes) {
      throw Error(ErrorCode::kDataset, "'{}' line {}: label {} is out of range, there are {} classes", labels.string(),
                  row.line, row.fields[2], classes);
    }
    listing.files.push_back({.path = row.fields[0], .label = label});
  }
  if (listing.files.empty()) throw Error(ErrorCode::kDataset, "'{}' names no images", labels.string());
  return listing;
}

}  // namespace

std::unique_ptr<Dataset> open_eembc_dataset(const DatasetOptions& options) {
  const fs::path labels = options.path / kEembcLabelsFile;
  EembcListing listing = read_listing(labels);
  PixelShape shape{.height = options.height, .width = options.width, .channels = options.channels};
  if (shape == PixelShape{}) shape = guess_shape(options.path, listing.files);
  check_pixel_shape(shape);
  std::vector<int> all_labels;
  for (const LabelledFile& file : listing.files) all_labels.push_back(file.label);
  std::vector<LabelledFile> chosen;
  for (const std::size_t i : select_samples(all_labels, options.limit, options.limit_seed)) {
    chosen.push_back(std::move(listing.files[i]));
  }
  return std::make_unique<EembcDataset>(options.path, shape, std::move(chosen),
                                        class_names(options, listing.classes, labels),
                                        DatasetFacts{.label_offset = options.label_offset});
}

}  // namespace qbench::datasets
