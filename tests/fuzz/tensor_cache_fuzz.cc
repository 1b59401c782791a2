// SPDX-License-Identifier: Apache-2.0
// A file of any bytes is a cache whose every image can be read, or an Error.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <numeric>
#include <span>

#include "core/assert.h"
#include "core/error.h"
#include "core/files.h"
#include "datasets/tensor_cache.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qbench;            // NOLINT(google-build-using-namespace)
  using namespace qbench::datasets;  // NOLINT(google-build-using-namespace)
  const UniqueFd file(::memfd_create("tensor_cache_fuzz", MFD_CLOEXEC));
  write_all(file.get(), std::as_bytes(std::span(data, size)), "the fuzzed file");
  try {
    const TensorCache cache = TensorCache::open("/proc/self/fd/" + std::to_string(file.get()));
    QBENCH_ASSERT(cache.size() == cache.entries().size());
    const TensorWindow window = cache.window(0, cache.size());
    volatile std::size_t sum = std::accumulate(window.pixels().begin(), window.pixels().end(), std::size_t{0});
    static_cast<void>(sum);
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
