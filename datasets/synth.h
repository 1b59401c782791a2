// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "datasets/dataset.h"

/// The synthetic set: ten classes of drawn shapes with strong nuisance (colours, rotation, scale, place, distortion,
/// gradients and texture, clutter behind and in front, blur, noise, JPEG). Image `index` of set `seed` is a pure
/// function of the two numbers: any part of any set can be made anywhere, in any order and number. All random draws
/// are the same everywhere; drawing, blur and JPEG are OpenCV's, so another OpenCV or libjpeg may differ by a few grey
/// levels. All functions are thread-safe.
namespace qbench::datasets {

inline constexpr int kSyntheticClasses = 10;
inline constexpr int kSyntheticSize = 96;

/// One seed for each purpose. Two seeds share no random number (the seed is the generator's key), so sets of different
/// seeds are disjoint by construction, whatever their counts.
inline constexpr std::uint64_t kSyntheticTrainSeed = 1;
inline constexpr std::uint64_t kSyntheticCalibrationSeed = 2;
inline constexpr std::uint64_t kSyntheticTestSeed = 3;

/// The class names, sorted: a class's position is its label.
[[nodiscard]] const std::vector<std::string>& synthetic_class_names();

/// The label of image `index`, the same for every seed: classes take turns, so any count is balanced within one image.
[[nodiscard]] constexpr int synthetic_label(std::size_t index) noexcept {
  return static_cast<int>(index % kSyntheticClasses);
}

/// The picture before compression: RGB, size x size. Throws Error(kUsage) unless 16 <= size <= 4096.
[[nodiscard]] Image render_synthetic(std::uint64_t seed, std::size_t index, int size = kSyntheticSize);

/// The picture as the bytes of a JPEG file whose quality is part of the nuisance. Throws as render_synthetic.
[[nodiscard]] std::vector<std::uint8_t> encode_synthetic(std::uint64_t seed, std::size_t index,
                                                         int size = kSyntheticSize);

struct SyntheticSetOptions {
  int size = kSyntheticSize;  ///< pixels a side
  int jobs = 0;               ///< writing threads; 0: usable_cpus()
  /// Called with (images done, images wanted), one call at a time but from any writing thread. May throw: the set then
  /// stays incomplete and the exception leaves write_synthetic_set.
  std::function<void(std::size_t done, std::size_t total)> progress;
};

/// What a call of write_synthetic_set found and did.
struct SyntheticSetResult {
  std::size_t written = 0;
  std::size_t kept = 0;  ///< whole images that were there already
};

/// Writes images 0 .. count-1 of set `seed` as `folder/<class>/<index>.jpg`, and `folder/.qbench-synth.json` saying
/// what the set is. Files appear whole or not at all; a call after an interruption goes on where that one stopped, and
/// a call with a larger count extends the set. Throws Error(kUsage) for count 0 or a bad size, Error(kDataset) when the
/// folder holds anything but a part of this very set (another seed, size, generator, or more images), Error(kIo) when
/// the disk is full or the folder cannot be written.
SyntheticSetResult write_synthetic_set(const std::filesystem::path& folder, std::size_t count, std::uint64_t seed,
                                       const SyntheticSetOptions& options = {});

}  // namespace qbench::datasets
