// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/metrics/intervals.h"

namespace qbench::metrics {

/// Two classifiers A (the baseline) and B on the same images. "Drop" is accuracy(A) - accuracy(B) as a fraction of the
/// images: positive when B is worse. Swapping A and B negates every drop, mirrors its interval and keeps every p.
/// Functions taking counts throw Error(kUsage) when these contradict each other or there are no images.

/// What the images say about A against B. The two "flip" counts carry all the evidence of the comparison.
struct PairedCounts {
  std::size_t images = 0;
  std::size_t right_to_wrong = 0;  ///< b: A right, B wrong
  std::size_t wrong_to_right = 0;  ///< c: A wrong, B right

  /// (b - c) / n
  [[nodiscard]] double drop() const;
  /// (b + c) / n
  [[nodiscard]] double flip_rate() const;
  bool operator==(const PairedCounts&) const = default;
};

/// From two correctness vectors (0: wrong, anything else: right) in the same image order: works for top-1 and top-5.
/// Throws Error(kUsage) when the lengths differ.
[[nodiscard]] PairedCounts count_flips(std::span<const std::uint8_t> a_right, std::span<const std::uint8_t> b_right);

/// Which images changed and how often the two agree, from predicted classes.
struct PredictionComparison {
  PairedCounts counts;
  std::vector<std::size_t> right_to_wrong;  ///< positions of the images, ascending
  std::vector<std::size_t> wrong_to_right;
  std::size_t agreeing = 0;        ///< same predicted class
  std::size_t wrong_to_wrong = 0;  ///< both wrong with different classes: churn that accuracy cannot see

  /// Same class / images; 1 - agreement() is the churn.
  [[nodiscard]] double agreement() const;
};

/// `truth`, `a` and `b` hold one class per image, in the same order. Throws Error(kUsage) when the lengths differ.
[[nodiscard]] PredictionComparison compare_predictions(std::span<const int> truth, std::span<const int> a,
                                                       std::span<const int> b);

/// Exact two-sided McNemar test that B's accuracy differs: min(1, 2 P(Bin(b+c, 1/2) <= min(b,c))) (McNemar 1947, the
/// binomial form). 1 without flips.
[[nodiscard]] double mcnemar_exact_p(std::size_t right_to_wrong, std::size_t wrong_to_right);

/// Interval of the drop over new images of the same kind (Bonett & Price 2012): with p1 = (b+1)/(n+2) and
/// p2 = (c+1)/(n+2), (p1-p2) +- z sqrt((p1+p2-(p1-p2)^2)/(n+2)), clipped to [-1, 1].
[[nodiscard]] Interval drop_interval(const PairedCounts& counts, double confidence = 0.95);
/// One-sided bounds of the same construction: the drop is below / above them with `confidence`.
[[nodiscard]] double drop_upper_bound(const PairedCounts& counts, double confidence = 0.95);
[[nodiscard]] double drop_lower_bound(const PairedCounts& counts, double confidence = 0.95);

/// Images needed to see a true `drop` when a fraction `flip_rate` of the images flips (0 < drop <= flip_rate <= 1):
/// n = (z_alpha sqrt(psi) + z_power sqrt(psi - drop^2))^2 / drop^2, rounded up (Connor 1987; psi is the flip rate).
/// `alpha` is two-sided: double it for a one-sided test. Throws Error(kUsage) outside these ranges.
[[nodiscard]] std::size_t images_needed(double drop, double flip_rate, double alpha = 0.05, double power = 0.80);

enum class MarginAnswer { kYes, kNo, kCannotTell };

/// "Is the drop within the margin?"
struct MarginVerdict {
  MarginAnswer answer = MarginAnswer::kCannotTell;
  double upper_bound = 0.0;  ///< one-sided bounds of the drop
  double lower_bound = 0.0;
  /// For kCannotTell: how many images more would settle it, were the rates of the flips to stay as they are (with 80 %
  /// probability). nullopt when settled already, or when the drop seen is the margin itself.
  std::optional<std::size_t> more_images;
};

/// Non-inferiority: yes when the upper one-sided bound of the drop is below `margin` (a fraction: 0.005 = 0.5 points),
/// no when the lower one is not below it. Throws Error(kUsage) unless 0 < margin < 1.
[[nodiscard]] MarginVerdict within_margin(const PairedCounts& counts, double margin, double confidence = 0.95);

}  // namespace qbench::metrics
