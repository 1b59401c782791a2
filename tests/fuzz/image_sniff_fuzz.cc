// SPDX-License-Identifier: Apache-2.0
// Any bytes give an image within the limits or a reason; nothing else may happen.
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/assert.h"
#include "datasets/image_decoder.h"
#include "datasets/image_header.h"

namespace {

/// Larger pictures are legal; decoding them would only make the fuzzer slow.
constexpr std::int64_t kMaxFuzzedPixels = 1 << 20;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qbench::datasets;  // NOLINT(google-build-using-namespace)
  const auto bytes = std::as_bytes(std::span(data, size));
  const ImageHeader header = read_image_header(bytes);
  if (!header.ok()) return 0;
  QBENCH_ASSERT(header.width >= 1 && header.height >= 1);
  QBENCH_ASSERT(std::int64_t{header.width} * header.height <= kMaxImagePixels);
  if (std::int64_t{header.width} * header.height > kMaxFuzzedPixels) return 0;
  const LoadResult result = decode_image(bytes, true);
  QBENCH_ASSERT(result.ok() == !result.image.pixels.empty());
  if (result.ok()) {
    const auto pixels = static_cast<std::size_t>(result.image.width) * static_cast<std::size_t>(result.image.height);
    QBENCH_ASSERT(result.image.pixels.size() == pixels * 3);
  }
  return 0;
}
