// SPDX-License-Identifier: Apache-2.0
#include "reports/svg_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "reports/html_text.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr double kWidth = 640.0;
constexpr double kHeight = 320.0;
constexpr double kLeft = 64.0;
constexpr double kRight = 16.0;
constexpr double kTop = 12.0;
constexpr double kBottom = 44.0;
constexpr std::size_t kColours = 8;
constexpr int kMostMarks = 12;  // ends the loop where a step is lost in rounding
constexpr std::array<const char*, 4> kDashes{"", "6 3", "2 3", "8 3 2 3"};

/// Maps values to places along one side of the picture.
class Scale {
 public:
  Scale(double low, double high, bool logarithmic, double from, double to)
      : logarithmic_(logarithmic), from_(from), to_(to) {
    // A range of one value gets room on both sides: no division by zero.
    const double room = logarithmic ? 0.0 : (high > low ? 0.05 * (high - low) : std::max(std::abs(low) * 0.05, 1e-9));
    low_ = logarithmic ? low / 1.1 : low - room;
    high_ = logarithmic ? high * 1.1 : high + room;
  }
  [[nodiscard]] double at(double value) const {
    const double share = logarithmic_ ? (std::log(value) - std::log(low_)) / (std::log(high_) - std::log(low_))
                                      : (value - low_) / (high_ - low_);
    return from_ + std::clamp(share, -0.02, 1.02) * (to_ - from_);
  }
  [[nodiscard]] std::vector<double> marks() const { return axis_marks(low_, high_, logarithmic_); }

 private:
  double low_ = 0.0;
  double high_ = 1.0;
  bool logarithmic_;
  double from_;
  double to_;
};

/// The smallest and largest value that an axis must show.
struct Extent {
  double low = 0.0;
  double high = 0.0;
  bool any = false;
  void add(double value) {
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
};

bool drawable(double value, const ChartAxis& axis) {
  return std::isfinite(value) && (!axis.logarithmic || value > 0.0);
}

std::string opening(const std::string& title, double height) {
  return fmt::format("<svg viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">\n", kWidth, height,
                     html_escaped(title));
}

std::string line_of(double x1, double y1, double x2, double y2, const char* style) {
  return fmt::format("<line x1=\"{:.1f}\" y1=\"{:.1f}\" x2=\"{:.1f}\" y2=\"{:.1f}\" class=\"{}\"/>\n", x1, y1, x2, y2,
                     style);
}

std::string text_at(double x, double y, const char* style, const std::string& text) {
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, style, html_escaped(text));
}

std::string axes(const ChartText& text, const Scale& x, const Scale& y) {
  std::string out;
  const double bottom = kHeight - kBottom;
  for (double mark : x.marks()) {
    out += line_of(x.at(mark), kTop, x.at(mark), bottom, "grid");
    out += text_at(x.at(mark), bottom + 16.0, "mid", fmt::format("{:.6g}", mark));
  }
  for (double mark : y.marks()) {
    out += line_of(kLeft, y.at(mark), kWidth - kRight, y.at(mark), "grid");
    out += text_at(kLeft - 6.0, y.at(mark) + 4.0, "end", fmt::format("{:.6g}", mark));
  }
  out += text_at((kLeft + kWidth - kRight) / 2.0, kHeight - 8.0, "mid", text.x.title);
  return out + fmt::format("<text transform=\"translate(14 {:.1f}) rotate(-90)\" class=\"mid\">{}</text>\n",
                           (kTop + bottom) / 2.0, html_escaped(text.y.title));
}

std::string dashes_of(std::size_t series) {
  const char* pattern = kDashes[series / 2 % kDashes.size()];
  return *pattern == '\0' ? std::string() : fmt::format(" stroke-dasharray=\"{}\"", pattern);
}

std::string point_text(const ChartPoint& point, const Scale& x, const Scale& y) {
  const double px = x.at(point.x);
  const double py = y.at(point.y);
  std::string out = fmt::format("<g class=\"c{}\" data-series=\"{}\">", point.series % kColours, point.series + 1);
  out +=
      fmt::format("<title>{}: {}, {}</title>\n", html_escaped(point.label), significant(point.x), significant(point.y));
  if (point.x_interval) out += line_of(x.at(point.x_interval->low), py, x.at(point.x_interval->high), py, "whisker");
  if (point.y_interval) out += line_of(px, y.at(point.y_interval->low), px, y.at(point.y_interval->high), "whisker");
  out += fmt::format("<circle cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"5\" class=\"dot\"/>\n", px, py);
  return out + text_at(px + 8.0, py - 6.0, "label", std::to_string(point.series + 1)) + "</g>\n";
}

/// The number stands at another height for each line, so that lines that lie on each other keep theirs apart.
std::string line_text(const ChartLine& line, const ChartText& text, const Scale& x, const Scale& y) {
  std::vector<std::pair<double, double>> places;
  for (const auto& [px, py] : line.points) {
    if (drawable(px, text.x) && drawable(py, text.y)) places.emplace_back(x.at(px), y.at(py));
  }
  if (places.empty()) return {};
  std::string path;
  for (const auto& [px, py] : places) path += fmt::format("{:.1f},{:.1f} ", px, py);
  const auto& [label_x, label_y] = places[places.size() * (2 + line.series % 6) / 10];
  return fmt::format(
             "<g class=\"c{}\" data-series=\"{}\"><title>{}</title>\n<polyline class=\"line\" fill=\"none\" "
             "stroke=\"currentColor\"{} points=\"{}\"/>\n",
             line.series % kColours, line.series + 1, html_escaped(line.label), dashes_of(line.series), path) +
         text_at(label_x + 5.0, label_y, "label", std::to_string(line.series + 1)) + "</g>\n";
}

double step_for(double range) {
  const double rough = range / 5.0;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  for (double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10.0 * power;
}

}  // namespace

std::vector<double> axis_marks(double low, double high, bool logarithmic) {
  std::vector<double> marks;
  if (!(high > low) || !std::isfinite(high - low) || (logarithmic && low <= 0.0)) return marks;
  if (logarithmic && high / low > 3.0) {
    // More than three decades: powers of ten only, else their labels run into each other.
    const std::vector<double> factors = high / low > 1000.0 ? std::vector{1.0} : std::vector{1.0, 2.0, 5.0};
    const int last = static_cast<int>(std::ceil(std::log10(high)));
    for (int power = static_cast<int>(std::floor(std::log10(low))); power <= last; ++power) {
      for (double factor : factors) {
        const double mark = factor * std::pow(10.0, power);
        if (mark >= low && mark <= high) marks.push_back(mark);
      }
    }
    return marks;
  }
  const double step = step_for(high - low);
  const double first = std::ceil(low / step);
  for (int i = 0; i < kMostMarks && (first + i) * step <= high; ++i) marks.push_back((first + i) * step);
  return marks;
}

std::string point_chart(const ChartText& text, const std::vector<ChartPoint>& points) {
  Extent x_extent;
  Extent y_extent;
  std::vector<ChartPoint> drawn;
  for (const ChartPoint& point : points) {
    if (!drawable(point.x, text.x) || !drawable(point.y, text.y)) continue;
    drawn.push_back(point);
    x_extent.add(point.x);
    y_extent.add(point.y);
    if (point.y_interval) y_extent.add(point.y_interval->low);
    if (point.y_interval) y_extent.add(point.y_interval->high);
  }
  if (drawn.empty()) return {};
  const Scale x(x_extent.low, x_extent.high, text.x.logarithmic, kLeft, kWidth - kRight);
  const Scale y(y_extent.low, y_extent.high, text.y.logarithmic, kHeight - kBottom, kTop);
  std::string out = opening(text.title, kHeight) + axes(text, x, y);
  for (const ChartPoint& point : drawn) out += point_text(point, x, y);
  return out + "</svg>\n";
}

std::string line_chart(const ChartText& text, const std::vector<ChartLine>& lines) {
  Extent x_extent;
  Extent y_extent;
  for (const ChartLine& line : lines) {
    for (const auto& [px, py] : line.points) {
      if (!drawable(px, text.x) || !drawable(py, text.y)) continue;
      x_extent.add(px);
      y_extent.add(py);
    }
  }
  if (!x_extent.any) return {};
  const Scale x(x_extent.low, x_extent.high, text.x.logarithmic, kLeft, kWidth - kRight);
  const Scale y(y_extent.low, y_extent.high, text.y.logarithmic, kHeight - kBottom, kTop);
  std::string out = opening(text.title, kHeight) + axes(text, x, y);
  for (const ChartLine& line : lines) out += line_text(line, text, x, y);
  return out + "</svg>\n";
}

std::string bar_chart(const std::string& title, const std::vector<ChartBar>& bars) {
  constexpr double kRow = 26.0;
  constexpr double kNames = 150.0;
  constexpr double kValues = 90.0;
  double largest = 0.0;
  for (const ChartBar& bar : bars) largest = std::max(largest, std::isfinite(bar.value) ? bar.value : 0.0);
  if (largest <= 0.0) return {};
  std::string out = opening(title, kRow * static_cast<double>(bars.size()) + 8.0);
  double top = 4.0;
  for (const ChartBar& bar : bars) {
    const double share = std::isfinite(bar.value) ? std::max(0.0, bar.value / largest) : 0.0;
    const double width = share * (kWidth - kNames - kValues);
    out += text_at(kNames - 8.0, top + 16.0, "end", shortened(bar.label, 18));
    out += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"bar c{}\"/>\n",
                       kNames, top + 3.0, width, kRow - 8.0, bar.series % kColours);
    out += text_at(kNames + width + 6.0, top + 16.0, "label", bar.value_text);
    top += kRow;
  }
  return out + "</svg>\n";
}

}  // namespace qbench::reports
