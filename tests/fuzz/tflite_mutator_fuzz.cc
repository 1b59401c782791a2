// SPDX-License-Identifier: Apache-2.0
// libFuzzer's hook for a mutator that knows the format: most inputs get scalars of the model changed, some plain bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

#include "tests/support/model_mutator.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size,
                                               unsigned int seed) {
  constexpr unsigned kPlainShare = 5;  // one in five
  if (seed % kPlainShare == 0) return LLVMFuzzerMutate(data, size, max_size);
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  const auto places = qbench::testing::mutable_places(bytes);
  if (places.empty()) return LLVMFuzzerMutate(data, size, max_size);
  std::mt19937_64 random(seed);
  const qbench::testing::Mutant mutant = qbench::testing::mutate(bytes, places, random);
  std::transform(mutant.bytes.begin(), mutant.bytes.end(), data,
                 [](std::byte b) { return std::to_integer<std::uint8_t>(b); });
  return mutant.bytes.size();
}
