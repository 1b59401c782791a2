// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/sha256.h"
#include "datasets/dataset.h"

namespace qbench::datasets {

/// Identifies a dataset: SHA-256 over the ids, labels and content hashes of its samples in order. Fed while the samples
/// are decoded anyway, so that it costs no second pass; ranges fed one after the other give the same as all at once.
class DatasetFingerprint {
 public:
  /// `content_sha256` is LoadResult::content_sha256 (empty for a sample that could not be read).
  void add(const Sample& sample, std::string_view content_sha256);
  /// 64 lower-case hex digits; the object must not be used afterwards.
  [[nodiscard]] std::string finish();

 private:
  Sha256 sha_;
};

}  // namespace qbench::datasets
