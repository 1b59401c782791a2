// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/files.h"

namespace qbench::datasets {

/// An 8-bit image, row-major HWC, channels 1 or 3 (RGB).
struct Image {
  int height = 0;
  int width = 0;
  int channels = 3;
  std::vector<std::uint8_t> pixels;  ///< height * width * channels
};

/// One labelled sample.
struct Sample {
  std::string id;  ///< path relative to the dataset's root, or "<file>#<record>"; UTF-8, may hold any character
  int label = 0;   ///< class index, 0 .. class_names().size() - 1
};

/// What a loaded sample gave: an image, or the reason why it is skipped.
struct LoadResult {
  Image image;
  std::string skip_reason;  ///< empty: the image is good
  /// SHA-256 (hexadecimal) of the stored bytes: the file or the record; empty when they could not be read.
  std::string content_sha256 = {};
  bool reoriented = false;  ///< the image was turned or mirrored by its EXIF orientation
  [[nodiscard]] bool ok() const noexcept { return skip_reason.empty(); }
};

/// Which samples of a dataset: [first, first + count).
struct SampleRange {
  std::size_t first = 0;
  std::size_t count = 0;
};

/// What is to be known about a set beside its samples.
struct DatasetFacts {
  std::string class_order;  ///< one line: what the class indices follow; empty: the numbers in the files
  /// The labels name a row "background" before class 0, which class_names() leaves out: of a model with one output more
  /// than classes it is output 0.
  bool background = false;
  std::optional<int> label_offset;   ///< output index of class 0, as the user gave it
  std::vector<int> other_order;      ///< see Dataset::other_order()
  std::vector<std::string> notes{};  ///< what was left out or taken for granted, one line each
};

/// A finite, indexable set of labelled images. Immutable after construction: all methods may be called from several
/// threads at once.
class Dataset {
 public:
  Dataset() = default;
  virtual ~Dataset() = default;
  Dataset(const Dataset&) = delete;
  Dataset& operator=(const Dataset&) = delete;

  /// "folder", "list", "eembc", "cifar".
  [[nodiscard]] virtual std::string kind() const = 0;
  [[nodiscard]] virtual const std::vector<Sample>& samples() const = 0;
  /// In the order of the indices; a class may have no samples. Empty for a set without labels, whose samples' labels
  /// mean nothing.
  [[nodiscard]] virtual const std::vector<std::string>& class_names() const = 0;
  [[nodiscard]] virtual const DatasetFacts& facts() const {
    static const DatasetFacts kNone;
    return kNone;
  }
  /// For each class the index that it would have in the other order that is in use: text order for names that are
  /// numbers (0, 1, 10, 2), numeric order for names that differ in a number only (class_1, class_2, class_10). Empty
  /// when both orders agree, and when labels decide.
  [[nodiscard]] virtual std::vector<int> other_order() const { return facts().other_order; }

  /// A sample is loaded in three steps, because the last two happen in a process that may not open files.
  ///
  /// Opens the file that holds sample `index`; an empty descriptor when it is in one of shared_files(). Throws
  /// Error(kIo).
  [[nodiscard]] virtual UniqueFd open(std::size_t index) const = 0;
  /// Files that are open as long as the set and hold many samples.
  [[nodiscard]] virtual std::vector<int> shared_files() const { return {}; }
  /// The stored bytes of sample `index`; `file` is what open() gave. Throws Error(kIo).
  [[nodiscard]] virtual std::vector<std::byte> read(std::size_t index, int file) const = 0;
  /// Decodes stored bytes. A damaged or oversized image is a result with a reason, never an exception but
  /// std::bad_alloc.
  [[nodiscard]] virtual LoadResult decode(std::size_t index, std::span<const std::byte> stored,
                                          bool apply_exif) const = 0;

  /// All three here and now, for images that are trusted. What cannot be opened or read is a result with a reason, too.
  [[nodiscard]] LoadResult load(std::size_t index, bool apply_exif) const;
};

}  // namespace qbench::datasets
