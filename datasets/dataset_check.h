// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "datasets/cache_builder.h"
#include "datasets/dataset.h"

namespace qbench::datasets {

struct ClassCheck {
  std::string name;
  std::size_t ok = 0;
  std::size_t skipped = 0;
  /// Fewer good images than a tenth of the median class, or none: its accuracy says next to nothing.
  bool nearly_empty = false;
};

struct SizeCount {
  int width = 0;
  int height = 0;
  std::size_t images = 0;
};

/// Samples with the same stored bytes.
struct DuplicateGroup {
  std::vector<std::string> ids;
  bool labels_differ = false;  ///< the same image under two classes: one of the labels is wrong
};

struct DatasetCheck {
  bool cancelled = false;  ///< ended by the stop token: the rest covers only what was decoded
  std::string kind;
  std::size_t samples = 0;
  std::size_t ok = 0;
  std::vector<ClassCheck> classes;     ///< in class order
  std::vector<SizeCount> sizes;        ///< of the good images after EXIF rotation, most frequent first
  std::vector<SkippedSample> skipped;  ///< in order of index
  std::vector<DuplicateGroup> duplicates;
  std::string sha256;  ///< the dataset's fingerprint; empty when cancelled
};

struct DatasetCheckOptions {
  int jobs = 0;                                                       ///< 0: usable_cpus()
  std::function<void(std::size_t done, std::size_t total)> progress;  ///< on the calling thread; may be empty
  std::stop_token stop;
};

/// Decodes every sample and says what is wrong with the set.
[[nodiscard]] DatasetCheck check_dataset(const Dataset& dataset, const DatasetCheckOptions& options = {});

}  // namespace qbench::datasets
