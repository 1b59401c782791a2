// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/comparison.h"

#include <gmock/gmock.h>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

TEST(ComparisonTest, ReadsNameOperatorNumberAndUnit) {
  const Comparison comparison = parse_comparison("  top1 >= -0.5 pp ", "--gate");
  EXPECT_EQ(comparison.name, "top1");
  EXPECT_EQ(comparison.op, Comparison::Op::kAtLeast);
  EXPECT_EQ(comparison.value, -0.5);
  EXPECT_EQ(comparison.unit, "pp");
  EXPECT_EQ(comparison.text, "top1 >= -0.5 pp");
}

TEST(ComparisonTest, ReadsEveryOperatorAndNumberForm) {
  EXPECT_EQ(parse_comparison("a<=1", "x").op, Comparison::Op::kAtMost);
  EXPECT_EQ(parse_comparison("a<1", "x").op, Comparison::Op::kLess);
  EXPECT_EQ(parse_comparison("a>=1", "x").op, Comparison::Op::kAtLeast);
  EXPECT_EQ(parse_comparison("a>1", "x").op, Comparison::Op::kGreater);
  EXPECT_EQ(parse_comparison("a<=+2%", "x").value, 2.0);
  EXPECT_EQ(parse_comparison("a<=+2%", "x").unit, "%");
  EXPECT_EQ(parse_comparison("a<=.5MB", "x").value, 0.5);
  EXPECT_EQ(parse_comparison("a<=1e3", "x").value, 1000.0);
  EXPECT_EQ(parse_comparison("a<=3", "x").unit, "");
}

TEST(ComparisonTest, SaysWhatIsWrong) {
  const auto message = [](std::string_view term) {
    return usage_error([&] { (void)parse_comparison(term, "--gate"); });
  };
  EXPECT_EQ(message("latency"), "--gate 'latency': one of <=, <, >= or > is needed between a name and a number");
  EXPECT_EQ(message("latency=2%"), "--gate 'latency=2%': one of <=, <, >= or > is needed between a name and a number");
  EXPECT_EQ(message("<=2%"), "--gate '<=2%': a name is needed before the operator");
  EXPECT_EQ(message("latency<="), "--gate 'latency<=': '' is not a number");
  EXPECT_EQ(message("latency<=fast"), "--gate 'latency<=fast': 'fast' is not a number");
  EXPECT_EQ(message("latency<=+-2"), "--gate 'latency<=+-2': '-2' is not a number");
  EXPECT_EQ(message("latency<=inf"), "--gate 'latency<=inf': 'inf' is not a number");
  EXPECT_EQ(message("latency<=1e999"), "--gate 'latency<=1e999': '1e999' is not a number");
  EXPECT_EQ(message(""), "--gate '': one of <=, <, >= or > is needed between a name and a number");
}

TEST(ComparisonTest, SplitsAtCommas) {
  EXPECT_THAT(split_terms("a<=1, b>=2 ,c", "x"), testing::ElementsAre("a<=1", "b>=2", "c"));
  EXPECT_EQ(usage_error([] { (void)split_terms("a,,b", "--gate"); }), "--gate 'a,,b': term 2 is empty");
  usage_error([] { (void)split_terms("", "--gate"); });
  usage_error([] { (void)split_terms("a,", "--gate"); });
}

TEST(ComparisonTest, HoldsAtTheLimitAsWritten) {
  EXPECT_TRUE(Comparison::holds(Comparison::Op::kAtMost, 1.0, 1.0));
  EXPECT_FALSE(Comparison::holds(Comparison::Op::kLess, 1.0, 1.0));
  EXPECT_TRUE(Comparison::holds(Comparison::Op::kAtLeast, 1.0, 1.0));
  EXPECT_FALSE(Comparison::holds(Comparison::Op::kGreater, 1.0, 1.0));
}

}  // namespace
}  // namespace qbench::metrics
