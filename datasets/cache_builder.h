// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/recipe.h"
#include "datasets/dataset.h"
#include "datasets/dataset_fingerprint.h"
#include "datasets/decoder_child.h"
#include "datasets/repeated_images.h"
#include "datasets/tensor_cache.h"

namespace qbench::datasets {

/// A sample that gave no tensor.
struct SkippedSample {
  std::size_t index = 0;  ///< in the dataset
  std::string id;
  std::string reason;
};

struct CacheBuildOptions {
  int jobs = 0;  ///< decoder processes; 0: as many as this process can keep busy
  /// Called about ten times a second, and once at the end, on the calling thread. May be empty.
  std::function<void(std::size_t done, std::size_t total)> progress;
  std::stop_token stop;  ///< asks for an early end
  DecodeLimits limits;
  RepeatFinder* repeats = nullptr;  ///< borrowed; fed with the good ones of the range in order when it is complete
  DatasetFingerprint* fingerprint = nullptr;  ///< borrowed; fed with the range's samples in order when it is complete
};

struct CacheBuildReport {
  bool cancelled = false;              ///< ended by the stop token: there is no cache file
  std::size_t ok_count = 0;            ///< images in the cache that are not skipped
  std::vector<SkippedSample> skipped;  ///< in order of index
  std::vector<SkippedSample> remarks;  ///< what the image libraries printed about an image, in order of index
  /// In the dataset, ascending: images that EXIF orientation turned, which Keras and tf.io would not have done.
  std::vector<std::size_t> reoriented;
  std::size_t distorted = 0;  ///< images that stretching gave another ratio of their sides
  int jobs = 0;
  double wall_seconds = 0.0;
  double cpu_seconds = 0.0;  ///< of all processes: read, decode, preprocess and write
};

/// Decodes and preprocesses the samples of `range`, once for all models that share the recipe's pixel half and the
/// input size, into the tensor cache `path` (image 0 of the cache is sample range.first). The result does not depend on
/// the number of jobs; memory does not grow with the number of samples beyond a few bytes each. Images are decoded in
/// processes of their own (decode_samples()); a bad one is skipped and reported. Throws Error(kIo) naming the file when
/// the disk is full, Error(kUnsupported) for an impossible shape, Error(kDataset) for a range outside the dataset; then
/// no file is left.
CacheBuildReport build_tensor_cache(const Dataset& dataset, const SampleRange& range, const Recipe& recipe,
                                    const PixelShape& shape, const std::filesystem::path& path,
                                    const CacheBuildOptions& options = {});

}  // namespace qbench::datasets
