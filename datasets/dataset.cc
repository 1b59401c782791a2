// SPDX-License-Identifier: Apache-2.0
#include "datasets/dataset.h"

#include "core/error.h"
#include "core/sha256.h"
#include "datasets/image_file_dataset.h"

namespace qbench::datasets {

LoadResult Dataset::load(std::size_t index, bool apply_exif) const {
  try {
    const UniqueFd file = open(index);
    const std::vector<std::byte> stored = read(index, file.get());
    LoadResult result = decode(index, stored, apply_exif);
    result.content_sha256 = sha256_hex(stored);
    return result;
  } catch (const Error& error) {
    return {.image = {}, .skip_reason = to_utf8(error.what())};
  }
}

}  // namespace qbench::datasets
