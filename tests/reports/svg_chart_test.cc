// SPDX-License-Identifier: Apache-2.0
#include "reports/svg_chart.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "tests/reports/xml_check.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

const double kNan = std::numeric_limits<double>::quiet_NaN();
const double kInf = std::numeric_limits<double>::infinity();

ChartText text(bool logarithmic) { return {testing::hostile_name(), {"x", logarithmic}, {"y", false}}; }

TEST(SvgChartTest, MarksStepByOneTwoFive) {
  EXPECT_EQ(axis_marks(0.0, 10.0, false), (std::vector<double>{0, 2, 4, 6, 8, 10}));
  EXPECT_EQ(axis_marks(88.0, 92.0, false), (std::vector<double>{88, 89, 90, 91, 92}));
  EXPECT_EQ(axis_marks(0.9, 11.0, true), (std::vector<double>{1, 2, 5, 10}));
  EXPECT_EQ(axis_marks(1.0, 10000.0, true), (std::vector<double>{1, 10, 100, 1000, 10000}));
}

TEST(SvgChartTest, MarksEndWhateverTheRange) {
  EXPECT_TRUE(axis_marks(1.0, 1.0, false).empty());
  EXPECT_TRUE(axis_marks(2.0, 1.0, false).empty());
  EXPECT_TRUE(axis_marks(0.0, 1.0, true).empty());
  EXPECT_TRUE(axis_marks(0.0, kInf, false).empty());
  EXPECT_TRUE(axis_marks(kNan, 1.0, false).empty());
  EXPECT_LE(axis_marks(10.0, std::nextafter(10.0, 11.0), false).size(), 12U);
  EXPECT_LE(axis_marks(1e-300, 1e300, true).size(), 700U);
}

TEST(SvgChartTest, PointsThatCannotBeDrawnAreLeftOut) {
  const std::vector<ChartPoint> points{
      {"a", 0, 1.0, 2.0, {}, {}}, {"b", 1, 0.0, 2.0, {}, {}}, {"c", 2, kNan, 2.0, {}, {}}, {"d", 3, 2.0, kInf, {}, {}}};
  const std::string chart = point_chart(text(true), points);
  EXPECT_EQ(testing::xml_fault(chart), "");
  EXPECT_NE(chart.find("data-series=\"1\""), std::string::npos);
  for (const char* absent : {"data-series=\"2\"", "data-series=\"3\"", "data-series=\"4\"", "nan", "inf"}) {
    EXPECT_EQ(chart.find(absent), std::string::npos) << absent;
  }
  EXPECT_EQ(point_chart(text(true), {points[1]}), "");
  EXPECT_EQ(point_chart(text(false), {}), "");
}

TEST(SvgChartTest, OneValueIsNoDivisionByZero) {
  const std::string chart = point_chart(text(false), {{"a", 0, 0.0, 0.0, {}, {}}, {"b", 1, 0.0, 0.0, {}, {}}});
  EXPECT_EQ(testing::xml_fault(chart), "");
  EXPECT_EQ(chart.find("nan"), std::string::npos);
}

TEST(SvgChartTest, LinesAreWellFormedWithHostileNames) {
  const std::string chart =
      line_chart(text(true), {{testing::hostile_name(), 0, {{1.0, 0.0}, {2.0, 50.0}, {-1.0, 9.0}}}, {"empty", 1, {}}});
  EXPECT_EQ(testing::xml_fault(chart), "");
  EXPECT_NE(chart.find("data-series=\"1\""), std::string::npos);
  EXPECT_EQ(chart.find("data-series=\"2\""), std::string::npos);
}

TEST(SvgChartTest, BarsStartAtZeroAndKeepTheirProportion) {
  const std::string chart = bar_chart("sizes", {{"a", 0, 100.0, "100 B"}, {"b", 1, 25.0, "25 B"}, {"c", 2, kNan, "?"}});
  EXPECT_EQ(testing::xml_fault(chart), "");
  EXPECT_NE(chart.find("width=\"400.0\""), std::string::npos) << chart;
  EXPECT_NE(chart.find("width=\"100.0\""), std::string::npos);
  EXPECT_NE(chart.find("width=\"0.0\""), std::string::npos);
  EXPECT_EQ(bar_chart("sizes", {{"a", 0, 0.0, ""}}), "");
}

}  // namespace
}  // namespace qbench::reports
