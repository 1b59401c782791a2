// SPDX-License-Identifier: Apache-2.0
#include "reports/html_figures.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/metrics/descriptive.h"
#include "core/units.h"
#include "reports/html_text.h"
#include "reports/sentences.h"
#include "reports/svg_chart.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr std::size_t kMostLines = 12;
constexpr int kQuantiles = 200;  // look the same as thousands of samples at this size

std::string figure(const std::string& chart, const std::string& caption) {
  if (chart.empty()) return {};
  return fmt::format("<figure>\n{}<figcaption>{}</figcaption></figure>\n", chart, html_escaped(caption));
}

std::string key(const Comparison& comparison) {
  std::string out = "<ul class=\"key\">\n";
  for (std::size_t i = 0; i < comparison.cells.size(); ++i) {
    out += fmt::format("<li class=\"c{}\"><b>{}</b> {}{}</li>\n", i % 8, i + 1, html_name(comparison.cells[i].label),
                       comparison.cells[i].baseline ? " (baseline)" : "");
  }
  return out + "</ul>\n";
}

std::string accuracy_against_latency(const Comparison& comparison, int batch) {
  std::vector<ChartPoint> points;
  for (std::size_t i = 0; i < comparison.cells.size(); ++i) {
    const CellComparison& cell = comparison.cells[i];
    const LaneComparison* lane = cell.lane(batch);
    if (lane == nullptr || !lane->latency || !cell.accuracy || !cell.accuracy->top1_interval) continue;
    const metrics::Interval& top1 = *cell.accuracy->top1_interval;
    points.push_back({cell.label, i, lane->latency->p50_ms, 100.0 * cell.accuracy->top1, lane->latency->p50_interval_ms,
                      metrics::Interval{100.0 * top1.low, 100.0 * top1.high}});
  }
  const ChartText text{"Accuracy against latency", {fmt::format("p50 ms, batch {}", batch), true}, {"top-1 %", false}};
  return figure(point_chart(text, points),
                "Accuracy against latency: up and to the left is better. Whiskers are 95 % intervals; the axes do not "
                "start at zero.");
}

std::vector<std::pair<double, double>> quantiles_of(const LaneRecord& lane) {
  const std::vector<double> samples = lane.samples_ns();
  std::vector<std::pair<double, double>> points;
  if (samples.empty()) return points;
  const std::vector<double> sorted = metrics::sorted_copy(samples);
  for (int i = 0; i <= kQuantiles; ++i) {
    const double share = static_cast<double>(i) / kQuantiles;
    points.emplace_back(metrics::quantile_of_sorted(sorted, share) / kNanosecondsPerMillisecond, 100.0 * share);
  }
  return points;
}

std::string latency_distribution(const ReportInput& input, int batch) {
  std::vector<ChartLine> lines;
  std::size_t left_out = 0;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const LaneRecord* lane = input.record.cells[i].lane(batch);
    if (lane == nullptr) continue;
    ChartLine line{input.comparison.cells.at(i).label, i, quantiles_of(*lane)};
    if (line.points.empty()) continue;
    if (lines.size() < kMostLines) {
      lines.push_back(std::move(line));
    } else {
      ++left_out;
    }
  }
  const ChartText text{fmt::format("Latency distribution at batch {}", batch), {"ms", true}, {"% of invokes", false}};
  std::string caption = fmt::format("Share of the invokes at batch {} that took at most this long.", batch);
  if (left_out > 0) caption += fmt::format(" The last {} variants are not drawn.", left_out);
  return figure(line_chart(text, lines), caption);
}

/// `bytes` is how a cell and its lane at the smallest batch give the bar.
template <typename Bytes>
std::string byte_bars(const ReportInput& input, const std::string& title, Bytes bytes) {
  std::vector<ChartBar> bars;
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const std::int64_t value = bytes(input.record.cells[i], input.comparison.cells.at(i));
    if (value > 0) {
      bars.push_back({input.comparison.cells[i].label, i, static_cast<double>(value), bytes_text(value)});
    }
  }
  return figure(bar_chart(title, bars), title);
}

}  // namespace

std::string html_figures(const ReportInput& input) {
  const Batches batches = batches_of(input.comparison);
  std::string figures = accuracy_against_latency(input.comparison, batches.low);
  figures += latency_distribution(input, batches.low);
  if (batches.high > batches.low) figures += latency_distribution(input, batches.high);
  figures += byte_bars(input, "Size of the model file",
                       [](const CellRecord& cell, const CellComparison&) { return cell.model.bytes; });
  figures += byte_bars(input, "Peak memory of the worker", [&](const CellRecord&, const CellComparison& cell) {
    const LaneComparison* lane = cell.lane(batches.low);
    return lane == nullptr ? std::int64_t{0} : lane->peak_rss_bytes;
  });
  if (figures.empty()) return {};
  return key(input.comparison) + "<div class=\"figures\">\n" + figures + "</div>\n";
}

}  // namespace qbench::reports
