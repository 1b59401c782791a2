// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <span>
#include <vector>

namespace qbench::testing {

/// The classifier that all stand-ins share: softmax of (r/64, g/64, b/64, -8, -8, ...) for the mean colour of an image
/// in 0..255. Class 0 is red, 1 green, 2 blue; further classes exist and never win. Header only, because the stand-in
/// libraries link nothing.
inline std::vector<float> colour_scores(std::array<float, 3> mean, std::size_t classes) {
  std::vector<float> scores(classes, std::exp(-8.0F));
  for (std::size_t c = 0; c < mean.size() && c < classes; ++c) scores[c] = std::exp(mean[c] / 64.0F);
  const float sum = std::accumulate(scores.begin(), scores.end(), 0.0F);
  for (float& score : scores) score /= sum;
  return scores;
}

/// Mean of each channel of interleaved RGB values.
template <typename T>
std::array<float, 3> mean_colour(std::span<const T> pixels) {
  std::array<double, 3> sum{};
  for (std::size_t i = 0; i < pixels.size(); ++i) sum[i % 3] += static_cast<double>(pixels[i]);
  std::array<float, 3> mean{};
  const double count = static_cast<double>(pixels.size()) / 3.0;
  for (std::size_t c = 0; c < 3; ++c) mean[c] = static_cast<float>(sum[c] / count);
  return mean;
}

}  // namespace qbench::testing
