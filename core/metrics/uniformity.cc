// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/uniformity.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/distributions.h"

namespace qbench::metrics {
namespace {

constexpr std::size_t kMostExactValues = 1000;
/// Entries are kept below 10^140 by powers of ten that are counted apart.
constexpr double kLarge = 1e140;
constexpr int kLargeExponent = 140;

/// A square matrix times 10^exponent.
struct ScaledMatrix {
  std::size_t size = 0;
  std::vector<double> cells;
  int exponent = 0;

  double& at(std::size_t row, std::size_t column) { return cells[row * size + column]; }
  [[nodiscard]] double at(std::size_t row, std::size_t column) const { return cells[row * size + column]; }
};

ScaledMatrix product(const ScaledMatrix& a, const ScaledMatrix& b) {
  ScaledMatrix result{a.size, std::vector<double>(a.size * a.size, 0.0), a.exponent + b.exponent};
  for (std::size_t row = 0; row < a.size; ++row) {
    for (std::size_t inner = 0; inner < a.size; ++inner) {
      const double factor = a.at(row, inner);
      for (std::size_t column = 0; column < a.size; ++column) result.at(row, column) += factor * b.at(inner, column);
    }
  }
  if (result.at(a.size / 2, a.size / 2) > kLarge) {
    for (double& cell : result.cells) cell /= kLarge;
    result.exponent += kLargeExponent;
  }
  return result;
}

ScaledMatrix power(const ScaledMatrix& base, std::size_t exponent) {
  if (exponent == 1) return base;
  const ScaledMatrix half = power(base, exponent / 2);
  const ScaledMatrix square = product(half, half);
  return exponent % 2 == 0 ? square : product(square, base);
}

/// The matrix of Marsaglia, Tsang and Wang for n D = k - h with 0 <= h < 1.
ScaledMatrix transition_matrix(std::size_t k, double h) {
  const std::size_t size = 2 * k - 1;
  ScaledMatrix matrix{size, std::vector<double>(size * size, 0.0), 0};
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column < size && column <= row + 1; ++column) matrix.at(row, column) = 1.0;
  }
  for (std::size_t i = 0; i < size; ++i) {
    matrix.at(i, 0) -= std::pow(h, static_cast<double>(i + 1));
    matrix.at(size - 1, i) -= std::pow(h, static_cast<double>(size - i));
  }
  if (2.0 * h > 1.0) matrix.at(size - 1, 0) += std::pow(2.0 * h - 1.0, static_cast<double>(size));
  for (std::size_t row = 0; row < size; ++row) {
    double factorial = 1.0;
    // Column row+1 is divided by 0!, column row by 1!, column row-1 by 2!, ...
    for (std::size_t step = 1; step <= row + 1; ++step) {
      factorial *= static_cast<double>(step);
      matrix.at(row, row + 1 - step) /= factorial;
    }
  }
  return matrix;
}

/// P(D_n < d), exact.
double kolmogorov_cdf(std::size_t n, double d) {
  const double scaled = static_cast<double>(n) * d;
  const std::size_t k = static_cast<std::size_t>(scaled) + 1;
  const ScaledMatrix result = power(transition_matrix(k, static_cast<double>(k) - scaled), n);
  double probability = result.at(k - 1, k - 1);
  int exponent = result.exponent;
  for (std::size_t i = 1; i <= n; ++i) {
    probability *= static_cast<double>(i) / static_cast<double>(n);
    if (probability < 1.0 / kLarge) {
      probability *= kLarge;
      exponent -= kLargeExponent;
    }
  }
  return probability * std::pow(10.0, exponent);
}

/// P(D_n >= d) from the limit distribution.
double limit_upper_p(double n, double d) {
  const double x = (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n)) * d;
  if (x < 0.2) return 1.0;  // the series converges slowly there, and the answer is 1 to 12 digits
  double sum = 0.0;
  double sign = 1.0;
  for (int j = 1; j <= 100; ++j) {
    sum += sign * std::exp(-2.0 * j * j * x * x);
    sign = -sign;
  }
  return std::clamp(2.0 * sum, 0.0, 1.0);
}

double upper_p(std::size_t n, double d) {
  const auto count = static_cast<double>(n);
  const double s = d * d * count;
  if (n > kMostExactValues) return limit_upper_p(count, d);
  // Their tail formula: 7 digits of a p below 0.001, where the exact sum would cancel.
  if (s > 7.24 || (s > 3.76 && n > 99)) {
    return std::min(1.0, 2.0 * std::exp(-(2.000071 + 0.331 / std::sqrt(count) + 1.409 / count) * s));
  }
  return std::clamp(1.0 - kolmogorov_cdf(n, d), 0.0, 1.0);
}

}  // namespace

std::optional<UniformityTest> ks_uniform_test(std::span<const double> values) {
  if (values.empty()) return std::nullopt;
  require_finite(values, "p-values");
  const std::vector<double> sorted = sorted_copy(values);
  if (sorted.front() < 0.0 || sorted.back() > 1.0) {
    throw Error(ErrorCode::kUsage, "p-values: {} .. {} are not all within 0 and 1", sorted.front(), sorted.back());
  }
  const auto n = static_cast<double>(sorted.size());
  double gap = 0.0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    const double below = sorted[i] - static_cast<double>(i) / n;
    const double above = static_cast<double>(i + 1) / n - sorted[i];
    gap = std::max({gap, below, above});
  }
  return UniformityTest{gap, upper_p(sorted.size(), gap)};
}

double uniform_sign_p(std::span<const double> ratios, double draw) {
  require_finite(ratios, "log ratios", 0);
  if (!(draw >= 0.0 && draw < 1.0)) throw Error(ErrorCode::kUsage, "a draw of {} is not in [0, 1)", draw);
  const auto positive = std::ranges::count_if(ratios, [](double d) { return d > 0.0; });
  const auto decided = static_cast<std::size_t>(std::ranges::count_if(ratios, [](double d) { return d != 0.0; }));
  return binomial_cdf(positive - 1, decided, 0.5) + draw * binomial_pmf(positive, decided, 0.5);
}

}  // namespace qbench::metrics
