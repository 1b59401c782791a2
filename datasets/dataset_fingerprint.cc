// SPDX-License-Identifier: Apache-2.0
#include "datasets/dataset_fingerprint.h"

#include <fmt/format.h>

namespace qbench::datasets {

void DatasetFingerprint::add(const Sample& sample, std::string_view content_sha256) {
  // Lengths first: an id may hold any character, so no separator would be safe.
  sha_.update(fmt::format("{} {} {} ", sample.id.size(), sample.label, content_sha256.size()));
  sha_.update(sample.id);
  sha_.update(content_sha256);
}

std::string DatasetFingerprint::finish() { return sha_.finish(); }

}  // namespace qbench::datasets
