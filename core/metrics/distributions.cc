// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/distributions.h"

#include <algorithm>
#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/binomial.hpp>
#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>

#include "core/assert.h"

namespace qbench::metrics {

namespace bm = boost::math;

double normal_cdf(double z) {
  QBENCH_ASSERT(std::isfinite(z));
  return bm::cdf(bm::normal_distribution<double>(), z);
}

double normal_quantile(double p) {
  QBENCH_ASSERT(p > 0.0 && p < 1.0);
  return bm::quantile(bm::normal_distribution<double>(), p);
}

double student_t_quantile(double p, double df) {
  QBENCH_ASSERT(p > 0.0 && p < 1.0 && df > 0.0);
  return bm::quantile(bm::students_t_distribution<double>(df), p);
}

double student_t_two_sided_p(double t, double df) {
  QBENCH_ASSERT(!std::isnan(t) && df > 0.0);
  if (std::isinf(t)) return 0.0;
  return std::min(1.0, 2.0 * bm::cdf(bm::students_t_distribution<double>(df), -std::abs(t)));
}

double chi_squared_upper_p(double x, double df) {
  QBENCH_ASSERT(x >= 0.0 && df > 0.0);
  if (std::isinf(x)) return 0.0;
  return bm::cdf(bm::complement(bm::chi_squared_distribution<double>(df), x));
}

double beta_quantile(double p, double a, double b) {
  QBENCH_ASSERT(p >= 0.0 && p <= 1.0 && a > 0.0 && b > 0.0);
  return bm::quantile(bm::beta_distribution<double>(a, b), p);
}

double binomial_cdf(std::int64_t k, std::size_t n, double p) {
  QBENCH_ASSERT(p >= 0.0 && p <= 1.0);
  if (k < 0) return 0.0;
  if (static_cast<std::size_t>(k) >= n) return 1.0;
  return bm::cdf(bm::binomial_distribution<double>(static_cast<double>(n), p), static_cast<double>(k));
}

double binomial_pmf(std::int64_t k, std::size_t n, double p) {
  QBENCH_ASSERT(p >= 0.0 && p <= 1.0);
  if (k < 0 || static_cast<std::size_t>(k) > n) return 0.0;
  return bm::pdf(bm::binomial_distribution<double>(static_cast<double>(n), p), static_cast<double>(k));
}

}  // namespace qbench::metrics
