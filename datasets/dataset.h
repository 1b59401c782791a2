// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

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
  [[nodiscard]] bool ok() const noexcept { return skip_reason.empty(); }
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
  [[nodiscard]] virtual const std::vector<std::string>& class_names() const = 0;
  /// Decodes sample `index`. A damaged, unreadable or oversized image is a result with a reason, never an exception.
  [[nodiscard]] virtual LoadResult load(std::size_t index, bool apply_exif) const = 0;
};

}  // namespace qbench::datasets
