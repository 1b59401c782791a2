// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/paired.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

constexpr double kPlanningPower = 0.80;
/// Beyond this many images an answer is of no use to anyone, and counts stay exact in a double.
constexpr double kMostImages = 1e12;

void require_counts(const PairedCounts& counts) {
  if (counts.images == 0) throw Error(ErrorCode::kUsage, "a paired comparison needs at least one image");
  if (counts.right_to_wrong + counts.wrong_to_right > counts.images) {
    throw Error(ErrorCode::kUsage, "{} + {} flips among {} images", counts.right_to_wrong, counts.wrong_to_right,
                counts.images);
  }
}

void require_inside_unit(double value, const char* what) {
  if (!(value > 0.0 && value < 1.0)) throw Error(ErrorCode::kUsage, "{} {} is not between 0 and 1", what, value);
}

/// Centre and standard error of Bonett and Price, for counts that may be scaled to a planned number of images.
struct DropEstimate {
  double centre = 0.0;
  double standard_error = 0.0;
};

DropEstimate bonett_price(double b, double c, double n) {
  const double p1 = (b + 1.0) / (n + 2.0);
  const double p2 = (c + 1.0) / (n + 2.0);
  const double difference = p1 - p2;
  return {difference, std::sqrt((p1 + p2 - difference * difference) / (n + 2.0))};
}

DropEstimate bonett_price(const PairedCounts& counts) {
  require_counts(counts);
  return bonett_price(static_cast<double>(counts.right_to_wrong), static_cast<double>(counts.wrong_to_right),
                      static_cast<double>(counts.images));
}

/// Smallest number of images at which the bound on the side of the margin clears it by z standard errors.
std::optional<std::size_t> images_to_settle(const PairedCounts& counts, double margin, double z) {
  const auto n = static_cast<double>(counts.images);
  const double b_rate = static_cast<double>(counts.right_to_wrong) / n;
  const double c_rate = static_cast<double>(counts.wrong_to_right) / n;
  const auto settled = [&](double images) {
    const DropEstimate estimate = bonett_price(b_rate * images, c_rate * images, images);
    return std::abs(estimate.centre - margin) >= z * estimate.standard_error;
  };
  if (b_rate - c_rate == margin) return std::nullopt;
  double enough = n;
  while (!settled(enough)) {
    enough *= 2.0;
    if (enough > kMostImages) return std::nullopt;
  }
  double too_few = std::max(n, enough / 2.0);
  while (enough - too_few > 0.5) {
    const double middle = (too_few + enough) / 2.0;
    (settled(middle) ? enough : too_few) = middle;
  }
  return static_cast<std::size_t>(std::ceil(enough));
}

}  // namespace

double PairedCounts::drop() const {
  require_counts(*this);
  return (static_cast<double>(right_to_wrong) - static_cast<double>(wrong_to_right)) / static_cast<double>(images);
}

double PairedCounts::flip_rate() const {
  require_counts(*this);
  return static_cast<double>(right_to_wrong + wrong_to_right) / static_cast<double>(images);
}

PairedCounts count_flips(std::span<const std::uint8_t> a_right, std::span<const std::uint8_t> b_right) {
  if (a_right.size() != b_right.size()) {
    throw Error(ErrorCode::kUsage, "{} answers of A and {} of B are not of the same images", a_right.size(),
                b_right.size());
  }
  PairedCounts counts{.images = a_right.size()};
  for (std::size_t i = 0; i < a_right.size(); ++i) {
    const bool a = a_right[i] != 0;
    const bool b = b_right[i] != 0;
    if (a && !b) ++counts.right_to_wrong;
    if (!a && b) ++counts.wrong_to_right;
  }
  return counts;
}

double PredictionComparison::agreement() const {
  require_counts(counts);
  return static_cast<double>(agreeing) / static_cast<double>(counts.images);
}

PredictionComparison compare_predictions(std::span<const int> truth, std::span<const int> a, std::span<const int> b) {
  if (a.size() != truth.size() || b.size() != truth.size()) {
    throw Error(ErrorCode::kUsage, "{} labels, {} predictions of A and {} of B are not of the same images",
                truth.size(), a.size(), b.size());
  }
  PredictionComparison result;
  result.counts.images = truth.size();
  for (std::size_t i = 0; i < truth.size(); ++i) {
    const bool a_right = a[i] == truth[i];
    const bool b_right = b[i] == truth[i];
    if (a[i] == b[i]) {
      ++result.agreeing;
    } else if (a_right) {
      result.right_to_wrong.push_back(i);
    } else if (b_right) {
      result.wrong_to_right.push_back(i);
    } else {
      ++result.wrong_to_wrong;
    }
  }
  result.counts.right_to_wrong = result.right_to_wrong.size();
  result.counts.wrong_to_right = result.wrong_to_right.size();
  return result;
}

double mcnemar_exact_p(std::size_t right_to_wrong, std::size_t wrong_to_right) {
  const auto fewer = static_cast<std::int64_t>(std::min(right_to_wrong, wrong_to_right));
  return std::min(1.0, 2.0 * binomial_cdf(fewer, right_to_wrong + wrong_to_right, 0.5));
}

Interval drop_interval(const PairedCounts& counts, double confidence) {
  require_inside_unit(confidence, "confidence");
  const DropEstimate estimate = bonett_price(counts);
  const double reach = normal_quantile(1.0 - (1.0 - confidence) / 2.0) * estimate.standard_error;
  return {std::max(-1.0, estimate.centre - reach), std::min(1.0, estimate.centre + reach)};
}

double drop_upper_bound(const PairedCounts& counts, double confidence) {
  require_inside_unit(confidence, "confidence");
  const DropEstimate estimate = bonett_price(counts);
  return std::min(1.0, estimate.centre + normal_quantile(confidence) * estimate.standard_error);
}

double drop_lower_bound(const PairedCounts& counts, double confidence) {
  require_inside_unit(confidence, "confidence");
  const DropEstimate estimate = bonett_price(counts);
  return std::max(-1.0, estimate.centre - normal_quantile(confidence) * estimate.standard_error);
}

std::size_t images_needed(double drop, double flip_rate, double alpha, double power) {
  require_inside_unit(alpha / 2.0, "half of alpha");
  require_inside_unit(power, "power");
  if (!(drop > 0.0 && drop <= flip_rate && flip_rate <= 1.0)) {
    throw Error(ErrorCode::kUsage, "a drop of {} with a flip rate of {}: 0 < drop <= flip rate <= 1 is needed", drop,
                flip_rate);
  }
  const double root = normal_quantile(1.0 - alpha / 2.0) * std::sqrt(flip_rate) +
                      normal_quantile(power) * std::sqrt(flip_rate - drop * drop);
  const double images = root * root / (drop * drop);
  if (images > kMostImages) throw Error(ErrorCode::kUsage, "a drop of {} needs more than 1e12 images", drop);
  return static_cast<std::size_t>(std::ceil(images));
}

MarginVerdict within_margin(const PairedCounts& counts, double margin, double confidence) {
  require_inside_unit(margin, "margin");
  MarginVerdict verdict;
  verdict.upper_bound = drop_upper_bound(counts, confidence);
  verdict.lower_bound = drop_lower_bound(counts, confidence);
  if (verdict.upper_bound < margin) {
    verdict.answer = MarginAnswer::kYes;
  } else if (verdict.lower_bound >= margin) {
    verdict.answer = MarginAnswer::kNo;
  } else {
    const double z = normal_quantile(confidence) + normal_quantile(kPlanningPower);
    const std::optional<std::size_t> images = images_to_settle(counts, margin, z);
    if (images) verdict.more_images = std::max<std::size_t>(1, *images - counts.images);
  }
  return verdict;
}

}  // namespace qbench::metrics
