// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/distributions.h"

#include <limits>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

double evaluate(const std::string& function, const nlohmann::json& args) {
  const auto x = [&](std::size_t i) { return args.at(i).get<double>(); };
  if (function == "normal_cdf") return normal_cdf(x(0));
  if (function == "normal_quantile") return normal_quantile(x(0));
  if (function == "student_t_quantile") return student_t_quantile(x(0), x(1));
  if (function == "student_t_two_sided_p") return student_t_two_sided_p(x(0), x(1));
  if (function == "chi_squared_upper_p") return chi_squared_upper_p(x(0), x(1));
  if (function == "beta_quantile") return beta_quantile(x(0), x(1), x(2));
  if (function == "binomial_cdf") return binomial_cdf(args.at(0), args.at(1), x(2));
  if (function == "binomial_pmf") return binomial_pmf(args.at(0), args.at(1), x(2));
  ADD_FAILURE() << function;
  return 0.0;
}

TEST(DistributionsTest, EqualFrozenValues) {
  const nlohmann::json rows = frozen("distributions");
  ASSERT_GT(rows.size(), 30U);
  for (const nlohmann::json& row : rows) {
    expect_close(evaluate(row.at("function"), row.at("args")), row.at("value"), row.dump());
  }
}

TEST(DistributionsTest, BinomialIsDefinedOutsideItsRange) {
  EXPECT_EQ(binomial_cdf(-1, 5, 0.5), 0.0);
  EXPECT_EQ(binomial_cdf(5, 5, 0.5), 1.0);
  EXPECT_EQ(binomial_cdf(0, 0, 0.5), 1.0);
  EXPECT_EQ(binomial_pmf(-1, 5, 0.5), 0.0);
  EXPECT_EQ(binomial_pmf(6, 5, 0.5), 0.0);
  EXPECT_EQ(binomial_pmf(0, 0, 0.5), 1.0);
}

TEST(DistributionsTest, InfiniteStatisticsHaveZeroTail) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(student_t_two_sided_p(infinity, 5.0), 0.0);
  EXPECT_EQ(student_t_two_sided_p(-infinity, 5.0), 0.0);
  EXPECT_EQ(chi_squared_upper_p(infinity, 5.0), 0.0);
}

}  // namespace
}  // namespace qbench::metrics
