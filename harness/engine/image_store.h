// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/recipe.h"
#include "core/record.h"
#include "datasets/cache_builder.h"
#include "datasets/dataset.h"
#include "datasets/tensor_cache.h"
#include "harness/engine/progress.h"
#include "harness/engine/settings.h"

namespace qbench::engine {

/// One way of turning images into pixels that at least one cell needs.
struct PixelNeed {
  Recipe recipe;
  datasets::PixelShape shape;
};

/// The decoded images of a run on disk: each sample is decoded once for all cells that need the same pixels. A set
/// larger than the cache limit is streamed: chunk after chunk takes the place of the one before. The files vanish with
/// the store. Single-threaded (decoding itself uses all cores).
class ImageStore {
 public:
  /// `dataset` is borrowed; null stands for 64 images of noise, for runs that measure latency only.
  ImageStore(const datasets::Dataset* dataset, std::filesystem::path folder, const RunSettings& settings,
             std::vector<PixelNeed> needs);
  ~ImageStore();
  ImageStore(const ImageStore&) = delete;
  ImageStore& operator=(const ImageStore&) = delete;

  [[nodiscard]] std::size_t samples() const noexcept { return samples_; }
  [[nodiscard]] std::size_t chunks() const noexcept;
  [[nodiscard]] datasets::SampleRange chunk(std::size_t index) const noexcept;

  /// Makes the files of a chunk (a no-op when they are there). Returns false when interrupted. Throws Error(kIo) on a
  /// full disk, Error(kDataset) when not a single image of the chunk can be read.
  bool load_chunk(std::size_t index, Progress& progress);

  /// The file of the loaded chunk that fits a cell.
  [[nodiscard]] std::filesystem::path cache_for(const Recipe& recipe, const datasets::PixelShape& shape) const;
  /// Labels and states of all samples decoded so far, by sample.
  [[nodiscard]] const std::vector<datasets::CacheEntry>& entries() const noexcept { return entries_; }

  /// Samples decoded so far that EXIF orientation turned for some recipe, ascending.
  /// How many of the samples decoded so far were stretched to another ratio of their sides.
  [[nodiscard]] std::size_t distorted() const noexcept { return distorted_; }
  [[nodiscard]] const std::set<std::size_t>& reoriented() const noexcept { return reoriented_; }

  /// What the set's samples decoded so far give reason to doubt: copies, images that the libraries printed about.
  [[nodiscard]] std::vector<std::string> warnings() const;
  /// Skipped images, copies, times and, once every chunk has been loaded, the fingerprint.
  void describe(DatasetRecord& record) const;

 private:
  void build_noise();
  void account(const datasets::CacheBuildReport& report, bool first_pass);

  const datasets::Dataset* dataset_;
  std::filesystem::path folder_;
  int decode_jobs_;
  std::map<std::string, PixelNeed> needs_;  // by file name
  std::size_t samples_ = 0;
  std::size_t chunk_size_ = 1;
  std::size_t loaded_chunk_ = static_cast<std::size_t>(-1);
  std::size_t chunks_seen_ = 0;  // chunks whose skips, labels and hashes are accounted for
  std::vector<datasets::CacheEntry> entries_;
  std::vector<SkippedImage> skipped_;
  std::int64_t skipped_count_ = 0;
  std::set<std::size_t> reoriented_;
  std::size_t distorted_ = 0;
  double cpu_seconds_ = 0.0;
  double wall_seconds_ = 0.0;
  std::size_t remarks_ = 0;
  std::string first_remark_;
  datasets::RepeatFinder repeats_;
  datasets::DatasetFingerprint fingerprint_;
  std::string sha256_;
};

}  // namespace qbench::engine
