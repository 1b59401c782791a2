// SPDX-License-Identifier: Apache-2.0
// One record gives one figure in every report: each is read back from the outputs and held against the record's own
// comparison, at the digits shown.
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <sstream>

#include "core/units.h"
#include "reports/console_table.h"
#include "reports/csv_report.h"
#include "reports/csv_text.h"
#include "reports/gbench_report.h"
#include "reports/html_report.h"
#include "reports/json_report.h"
#include "reports/junit_report.h"
#include "reports/markdown_report.h"
#include "reports/sentences.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

using Row = std::vector<std::string>;
using Fields = std::map<std::string, std::string>;  // by the column's title

constexpr int kEnoughColumns = 1000;  // no column of the console is left out

/// What a number in a report says: its value and half of the last digit shown.
struct Shown {
  double value = 0.0;
  double slack = 0.0;

  [[nodiscard]] bool says(double figure, double scale = 1.0) const {
    return std::abs(figure * scale - value) <= slack * (1.0 + 1e-6) + 1e-12 * std::abs(value);
  }
};

/// The number that `text` begins with, in the unit that follows it.
Shown shown(const std::string& text) {
  static const std::regex kNumber(R"(^([+-]?\d+)(?:\.(\d+))?\s*(kB|MB|GB)?)");
  std::smatch match;
  if (!std::regex_search(text, match, kNumber)) throw std::runtime_error("no number in '" + text + "'");
  const std::map<std::string, double> units{{"", 1.0}, {"kB", 1e3}, {"MB", 1e6}, {"GB", 1e9}};
  const double unit = units.at(match[3].str());
  const std::string digits = match[2].str();
  return {std::stod(match[1].str() + "." + (digits.empty() ? "0" : digits)) * unit,
          0.5 * std::pow(10.0, -static_cast<double>(digits.size())) * unit};
}

/// "V ±H" or "V (L–H)" of a figure and its interval; `half_scale` makes H of a distance.
void expect_figure(const std::string& text, double value, const std::optional<metrics::Interval>& interval,
                   double scale, double half_scale) {
  EXPECT_TRUE(shown(text).says(value, scale)) << text << " for " << value * scale;
  const std::size_t half = text.find(" \u00b1");
  const std::size_t low = text.find(" (");
  if (!interval) {
    EXPECT_EQ(half, std::string::npos) << text;
    EXPECT_EQ(low, std::string::npos) << text;
  } else if (half != std::string::npos) {
    const Shown distance = shown(text.substr(half + std::string(" \u00b1").size()));
    EXPECT_TRUE(distance.says(value - interval->low, half_scale)) << text;
    EXPECT_TRUE(distance.says(interval->high - value, half_scale)) << text;
  } else {
    ASSERT_NE(low, std::string::npos) << text << " lacks its interval";
    EXPECT_TRUE(shown(text.substr(low + 2)).says(interval->low, scale)) << text;
    EXPECT_TRUE(shown(text.substr(text.find("\u2013") + std::string("\u2013").size())).says(interval->high, scale))
        << text;
  }
}

void expect_p50(const std::string& text, const LatencyColumns& latency) {
  expect_figure(text, latency.p50_ms, latency.p50_interval_ms, 1.0, kPercent / latency.p50_ms);
}

void expect_top1(const std::string& text, const AccuracyColumns& accuracy) {
  expect_figure(text, accuracy.top1, accuracy.top1_interval, kPercent, kPercent);
}

void expect_speed_up(const std::string& text, const SpeedUp& speed_up) {
  expect_figure(text, speed_up.shown_ratio(), speed_up.paired_interval, 1.0, kPercent / speed_up.shown_ratio());
}

bool is_missing(const std::string& text) { return text.empty() || text == "-" || text == "\u2013"; }

Fields fields_of(const Row& titles, const Row& cells) {
  Fields fields;
  for (std::size_t i = 0; i < titles.size() && i < cells.size(); ++i) fields[titles[i]] = cells[i];
  return fields;
}

/// "| a | b |", no cell holding a bar.
std::vector<Row> markdown_rows(const std::string& text, const std::string& heading) {
  std::vector<Row> rows;
  std::istringstream lines(text.substr(text.find(heading)));
  for (std::string line; std::getline(lines, line) && line.starts_with('|');) {
    Row row;
    std::istringstream cells(line.substr(2));
    for (std::string cell; std::getline(cells, cell, '|');) {
      if (cell.size() > 1)
        row.push_back(
            cell.substr(cell.find_first_not_of(' '), cell.find_last_not_of(' ') + 1 - cell.find_first_not_of(' ')));
    }
    if (!line.starts_with("|:--")) rows.push_back(row);
  }
  return rows;
}

std::vector<Row> html_rows(const std::string& text, const std::string& id) {
  const std::size_t begin = text.find("<table id=\"" + id + "\"");
  const std::string table = text.substr(begin, text.find("</table>", begin) - begin);
  std::vector<Row> rows;
  static const std::regex kRow("<tr>(.*?)</tr>");
  static const std::regex kCell("<t[hd][^>]*>(.*?)</t[hd]>");
  static const std::regex kTag("<[^>]*>");
  for (std::sregex_iterator row(table.begin(), table.end(), kRow), end; row != end; ++row) {
    const std::string inner = (*row)[1].str();
    Row cells;
    for (std::sregex_iterator cell(inner.begin(), inner.end(), kCell); cell != end; ++cell) {
      cells.push_back(std::regex_replace((*cell)[1].str(), kTag, ""));
    }
    rows.push_back(cells);
  }
  return rows;
}

/// Columns stand at least two spaces apart.
std::vector<Row> console_rows(const std::string& text) {
  std::vector<Row> rows;
  std::istringstream lines(text);
  static const std::regex kGap(" {2,}");
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    const std::string inner = line.starts_with("  ") || line.starts_with("* ") ? line.substr(2) : line;
    rows.emplace_back(std::sregex_token_iterator(inner.begin(), inner.end(), kGap, -1), std::sregex_token_iterator());
  }
  return rows;
}

std::vector<Fields> csv_rows(const std::string& text) {
  CsvReader reader(text, "report.csv");
  Row titles;
  Row cells;
  std::vector<Fields> rows;
  if (!reader.next(titles)) return rows;
  while (reader.next(cells)) rows.push_back(fields_of(titles, cells));
  return rows;
}

/// The overview's row of a cell in the words of the console, of Markdown or of HTML.
struct Titles {
  std::string p50;
  std::string speed_up;
  std::string delta;
  std::string rss;
};

void expect_overview(const Fields& row, const Titles& titles, const CellComparison& cell, const CellRecord& record) {
  const LaneComparison* lane = cell.lane(1);
  const auto present = [&](const std::string& title, bool is_there) {
    EXPECT_TRUE(row.contains(title)) << title;
    if (!row.contains(title)) return false;
    const std::string& text = row.at(title);
    EXPECT_EQ(!is_missing(text) && text != "baseline", is_there) << cell.label << ", " << title << ": " << text;
    return is_there;
  };
  const bool scored = cell.accuracy && cell.accuracy->images > 0;
  if (present(titles.p50, lane != nullptr && lane->latency)) expect_p50(row.at(titles.p50), *lane->latency);
  if (present(titles.speed_up, lane != nullptr && lane->speed_up)) {
    expect_speed_up(row.at(titles.speed_up), *lane->speed_up);
  }
  if (present("top-1 %", scored)) expect_top1(row.at("top-1 %"), *cell.accuracy);
  if (present(titles.delta, cell.accuracy && cell.accuracy->delta_points)) {
    EXPECT_TRUE(shown(row.at(titles.delta)).says(*cell.accuracy->delta_points)) << row.at(titles.delta);
  }
  if (present("size", record.model.bytes > 0)) {
    EXPECT_TRUE(shown(row.at("size")).says(static_cast<double>(record.model.bytes))) << row.at("size");
  }
  if (present(titles.rss, lane != nullptr && lane->peak_rss_bytes > 0)) {
    EXPECT_TRUE(shown(row.at(titles.rss)).says(static_cast<double>(lane->peak_rss_bytes))) << row.at(titles.rss);
  }
}

/// A record and what is made of it.
struct Case {
  std::string name;
  Record record;
  std::vector<CellPredictions> predictions;
  ComparisonSettings settings;
};

/// The sample's record with names that need no escaping.
Case sample(const std::string& name) {
  Case sample{name, testing::sample_record(), testing::sample_predictions(), {}};
  sample.settings.latency.looks = 3;
  sample.record.cells[2].variant = "plain";
  return sample;
}

/// Blocks that are long in every third round: intervals reach further to one side.
Case lopsided() {
  Case result = sample("lopsided");
  for (LaneRecord& lane : result.record.cells[1].lanes) {
    for (BlockRecord& block : lane.blocks) {
      if (block.round % 3 != 0) continue;
      for (std::int64_t& sample : block.samples_ns) sample += sample * (block.round + 1) / 20;
    }
  }
  return result;
}

/// 8-bit scores: a divergence in steps and ties that leave top-1 and top-5 open.
Case eight_bit() {
  Case result = sample("eight bit");
  AccuracyRecord& accuracy = *result.record.cells[1].accuracy;
  accuracy.divergence = DivergenceRecord{.against = result.record.cells[0].id,
                                         .images = 200,
                                         .kl_mean = 0.0234,
                                         .kl_p99 = 0.31,
                                         .score_step = 1.0 / 256.0,
                                         .max_difference = 0.25};
  accuracy.top1_ties = TieRecord{3, 176, 178};
  accuracy.top5_ties = TieRecord{12, 190, 200};
  return result;
}

/// Fewer rounds than a verdict needs, of which the pairs say something else than the medians of all samples.
Case few_rounds() {
  Case result = sample("few rounds");
  for (std::size_t i : {0U, 1U}) {
    LaneRecord& lane = result.record.cells[i].lanes[0];
    lane.blocks.resize(i == 0 ? 7 : 5);
    for (BlockRecord& block : lane.blocks) {
      for (std::int64_t& sample : block.samples_ns) sample += sample * block.round / 10;
    }
  }
  result.record.partial = true;
  return result;
}

Case no_images() {
  Case result = sample("no images");
  for (CellRecord& cell : result.record.cells) {
    if (cell.accuracy) cell.accuracy = AccuracyRecord{};
  }
  result.predictions.clear();
  return result;
}

/// One cell was evaluated on fewer images, so that its pairs are not all of the other's.
Case fewer_images() {
  Case result = sample("fewer images");
  result.predictions[0].predictions.resize(150);
  return result;
}

class OneFigureTest : public ::testing::TestWithParam<Case> {
 protected:
  [[nodiscard]] ReportInput input() const { return {GetParam().record, comparison_, GetParam().predictions}; }
  [[nodiscard]] const std::vector<CellRecord>& cells() const { return GetParam().record.cells; }

  Comparison comparison_ = compare_cells(GetParam().record, GetParam().predictions, GetParam().settings);
};

TEST_P(OneFigureTest, TheConsole) {
  const std::string text = console_table(input(), {kEnoughColumns, false});
  const std::vector<Row> rows = console_rows(text);
  ASSERT_EQ(rows.size(), cells().size() + 1);
  for (std::size_t i = 0; i < cells().size(); ++i) {
    expect_overview(fields_of(rows[0], rows[i + 1]), {"p50 ms b1", "speed-up b1", "\u0394 pp", "RSS"},
                    comparison_.cells[i], cells()[i]);
  }
}

TEST_P(OneFigureTest, Markdown) {
  const std::vector<Row> rows = markdown_rows(markdown_report_text(input()), "| variant | status");
  ASSERT_EQ(rows.size(), cells().size() + 1);
  for (std::size_t i = 0; i < cells().size(); ++i) {
    expect_overview(fields_of(rows[0], rows[i + 1]),
                    {"p50 ms, batch 1", "speed-up, batch 1", "\u0394 points", "peak RSS"}, comparison_.cells[i],
                    cells()[i]);
  }
}

TEST_P(OneFigureTest, Html) {
  const std::string text = html_report_text(input());
  const std::vector<Row> rows = html_rows(text, "variants");
  ASSERT_EQ(rows.size(), cells().size() + 1);
  for (std::size_t i = 0; i < cells().size(); ++i) {
    expect_overview(fields_of(rows[0], rows[i + 1]),
                    {"p50 ms, batch 1", "speed-up, batch 1", "\u0394 points", "peak RSS"}, comparison_.cells[i],
                    cells()[i]);
  }
}

void expect_number(const Fields& row, const char* column, const std::optional<double>& figure) {
  ASSERT_TRUE(row.contains(column)) << column;
  const std::string& text = row.at(column);
  ASSERT_EQ(!text.empty(), figure.has_value()) << column << ": " << text;
  if (figure) EXPECT_DOUBLE_EQ(std::stod(text), *figure) << column;
}

TEST_P(OneFigureTest, Csv) {
  const std::vector<Fields> rows = csv_rows(csv_report_text(input()));
  std::size_t next = 0;
  for (const CellComparison& cell : comparison_.cells) {
    for (const LaneComparison& lane : cell.lanes) {
      const Fields& row = rows.at(next++);
      const SpeedUp* speed_up = lane.speed_up ? &*lane.speed_up : nullptr;
      const bool has_interval = speed_up != nullptr && speed_up->paired_interval;
      const bool scored = cell.accuracy && cell.accuracy->images > 0;
      expect_number(row, "p50_ms", lane.latency ? std::optional(lane.latency->p50_ms) : std::nullopt);
      expect_number(row, "speed_up", speed_up != nullptr ? std::optional(speed_up->shown_ratio()) : std::nullopt);
      expect_number(row, "speed_up_low", has_interval ? std::optional(speed_up->paired_interval->low) : std::nullopt);
      expect_number(row, "top1", scored ? std::optional(cell.accuracy->top1) : std::nullopt);
      expect_number(row, "delta_points", scored ? cell.accuracy->delta_points : std::nullopt);
      EXPECT_EQ(row.at("latency_verdict"), speed_up != nullptr ? speed_up->verdict : "");
      const bool diverges = scored && cell.accuracy->divergence;
      expect_number(row, "kl_mean", diverges ? std::optional(cell.accuracy->divergence->kl_mean) : std::nullopt);
    }
  }
  EXPECT_EQ(next, rows.size());
}

TEST_P(OneFigureTest, Json) {
  const auto json = nlohmann::json::parse(json_report_text(input())).at("comparison").at("cells");
  for (std::size_t i = 0; i < cells().size(); ++i) {
    for (std::size_t j = 0; j < comparison_.cells[i].lanes.size(); ++j) {
      const LaneComparison& lane = comparison_.cells[i].lanes[j];
      const auto& told = json.at(i).at("lanes").at(j);
      EXPECT_EQ(told.at("latency").is_null(), !lane.latency);
      if (lane.latency) EXPECT_DOUBLE_EQ(told.at("latency").at("p50_ms"), lane.latency->p50_ms);
      if (lane.speed_up) EXPECT_EQ(told.at("speed_up").at("verdict"), lane.speed_up->verdict);
    }
  }
}

TEST_P(OneFigureTest, GoogleBenchmarksMedianIsP50) {
  std::map<std::string, double> medians;
  const auto json = nlohmann::json::parse(gbench_report_text(input()));
  for (const auto& entry : json.at("benchmarks")) {
    if (entry.value("aggregate_name", "") == "median") medians[entry.at("run_name")] = entry.at("real_time");
  }
  for (const CellComparison& cell : comparison_.cells) {
    for (const LaneComparison& lane : cell.lanes) {
      if (!lane.latency || lane.latency->rounds < 2) continue;
      const std::string name = cell.label + "/batch:" + std::to_string(lane.batch) + "/process_time/real_time";
      ASSERT_TRUE(medians.contains(name)) << name;
      EXPECT_DOUBLE_EQ(medians.at(name), lane.latency->p50_ms * kNanosecondsPerMillisecond) << name;
    }
  }
}

TEST_P(OneFigureTest, TheSentencesOfConsoleMarkdownAndHtml) {
  const std::string console = console_table(input(), {kEnoughColumns, false});
  const std::string markdown = markdown_report_text(input());
  const std::string html = html_report_text(input());
  for (const CellComparison& cell : comparison_.cells) {
    if (!cell.accuracy || !cell.accuracy->divergence) continue;
    for (const std::string* text : {&console, &markdown, &html}) {
      static const std::regex kKl(R"(KL of the scores, both rounded to steps of 1/256, ([0-9.e-]+) nats)");
      std::smatch match;
      ASSERT_TRUE(std::regex_search(*text, match, kKl));
      EXPECT_NEAR(std::stod(match[1].str()), cell.accuracy->divergence->kl_mean, 0.0005);
      EXPECT_NE(text->find("in 3 of 200 images equal scores cross the first place; top-1 lies between 88.00 and 89.00"),
                std::string::npos);
      EXPECT_NE(
          text->find("in 12 of 200 images equal scores cross the fifth place; top-5 lies between 95.00 and 100.00"),
          std::string::npos);
    }
  }
}

TEST_P(OneFigureTest, JunitTellsTheSameOutcomes) {
  const std::string text = junit_report_text(input());
  std::size_t failed = 0;
  for (const CellRecord& cell : cells()) {
    const Status status = cell.worst().status;
    failed += status != Status::kOk && status != Status::kUnsupported && status != Status::kCancelled ? 1 : 0;
  }
  EXPECT_NE(text.find("errors=\"" + std::to_string(failed) + "\""), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Records, OneFigureTest,
                         ::testing::Values(sample("sample"), lopsided(), eight_bit(), few_rounds(), no_images(),
                                           fewer_images()),
                         [](const auto& record) {
                           std::string name = record.param.name;
                           std::erase(name, ' ');
                           return name;
                         });

TEST(OneFigureTextTest, TheSignForBothSidesStandsOnlyWhereBothAreAlike) {
  const auto text = [](double low, double high) {
    SpeedUp speed_up;
    speed_up.paired_ratio = 2.0;
    speed_up.paired_interval = metrics::Interval{low, high};
    return speed_up_text(speed_up);
  };
  EXPECT_EQ(text(1.98, 2.02), "2.00x \u00b11.0%");
  EXPECT_EQ(text(1.98, 2.0205), "2.00x \u00b11.0%");
  EXPECT_EQ(text(1.98, 2.03), "2.00x (1.980\u20132.030)");
  EXPECT_EQ(text(1.5, 2.0), "2.00x (1.500\u20132.000)");
}

TEST(OneFigureTextTest, PointsAreRoundedAsPercentages) {
  EXPECT_EQ(points_text(0.125), "+0.12");  // as "88.12" of 88.125
  EXPECT_EQ(points_text(-0.004), "0.00");
  EXPECT_EQ(points_text(0.004), "0.00");
  EXPECT_EQ(points_text(-1.5), "-1.50");
}

}  // namespace
}  // namespace qbench::reports
