// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/metrics/intervals.h"

namespace qbench::reports {

// Charts as static SVG, without script. Colours are classes c0 to c7 of the page's style sheet, so that dark mode and
// print follow it; a line has a dash pattern as well. Every chart has a text for screen readers.

/// A named point with intervals; a value that is not finite leaves the point out.
struct ChartPoint {
  std::string label;
  std::size_t series = 0;  ///< decides colour and dashes; the number shown is series + 1
  double x = 0.0;
  double y = 0.0;
  std::optional<metrics::Interval> x_interval;
  std::optional<metrics::Interval> y_interval;
};

/// One line: points in drawing order.
struct ChartLine {
  std::string label;
  std::size_t series = 0;
  std::vector<std::pair<double, double>> points;
};

struct ChartAxis {
  std::string title;
  bool logarithmic = false;  ///< values of zero and below are left out
};

struct ChartText {
  std::string title;
  ChartAxis x;
  ChartAxis y;
};

/// "" when nothing can be drawn. The axes do not start at zero.
[[nodiscard]] std::string point_chart(const ChartText& text, const std::vector<ChartPoint>& points);
[[nodiscard]] std::string line_chart(const ChartText& text, const std::vector<ChartLine>& lines);

/// A bar from zero.
struct ChartBar {
  std::string label;
  std::size_t series = 0;
  double value = 0.0;
  std::string value_text;
};
[[nodiscard]] std::string bar_chart(const std::string& title, const std::vector<ChartBar>& bars);

/// Where to put marks on an axis between two values: 1-2-5 steps, or 1-2-5 times powers of ten.
[[nodiscard]] std::vector<double> axis_marks(double low, double high, bool logarithmic);

}  // namespace qbench::reports
