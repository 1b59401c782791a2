// SPDX-License-Identifier: Apache-2.0
#include "reports/markdown_report.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

std::string markdown_text(const Record& record) {
  const auto predictions = testing::sample_predictions();
  const Comparison comparison = compare_cells(record, predictions);
  return markdown_report_text({record, comparison, predictions});
}

std::size_t bars_of(const std::string& line) {
  std::size_t bars = 0;
  for (std::size_t i = 0; i < line.size(); ++i) bars += line[i] == '|' && (i == 0 || line[i - 1] != '\\') ? 1 : 0;
  return bars;
}

TEST(MarkdownReportTest, HostileNamesKeepTheTablesTogether) {
  std::istringstream stream(markdown_text(testing::sample_record()));
  std::size_t columns = 0;
  for (std::string line; std::getline(stream, line);) {
    const std::size_t bars = line.starts_with("|") ? bars_of(line) : 0;
    if (bars > 0 && columns > 0) {
      EXPECT_EQ(bars, columns) << line;
    }
    columns = bars;
  }
}

TEST(MarkdownReportTest, NoMarkupOfANameSurvives) {
  const std::string text = markdown_text(testing::sample_record());
  EXPECT_EQ(text.find(" <img"), std::string::npos);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("\\<img"), std::string::npos);
}

TEST(MarkdownReportTest, HoldsEveryPart) {
  const std::string text = markdown_text(testing::sample_record());
  for (const char* part : {"## Verdicts", "## What did not work, and why", "## Speed", "## Accuracy", "## Images",
                           "## Models", "## Board", "## How it was measured", "## Settings", "## Warnings"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part;
  }
  EXPECT_NE(text.find("skipped circle/bad\\\\nname.jpg: a truncated JPEG"), std::string::npos);
  EXPECT_NE(text.find("    {\n      \"batch\": ["), std::string::npos) << "settings as an indented block";
}

TEST(MarkdownReportTest, ABetterThresholdIsSaidWithWhatItWasFoundOn) {
  Record record = testing::sample_record();
  record.cells[0].accuracy->threshold = ThresholdRecord{.used = 0.5, .best = 0.63, .correct = 199};
  EXPECT_NE(markdown_text(record).find("threshold 0.5; 0.63 would be right for 199 of 200 (on the same images)"),
            std::string::npos)
      << markdown_text(record);
  record.cells[0].accuracy->threshold = ThresholdRecord{};
  EXPECT_NE(markdown_text(record).find("no other is right for more of these images"), std::string::npos);
}

TEST(MarkdownReportTest, LatencyOnlyRunHasNoAccuracyPart) {
  Record record = testing::sample_record();
  record.dataset.reset();
  for (CellRecord& cell : record.cells) cell.accuracy.reset();
  const std::string text = markdown_text(record);
  EXPECT_EQ(text.find("## Accuracy"), std::string::npos);
  EXPECT_EQ(text.find("## Images"), std::string::npos);
}

}  // namespace
}  // namespace qbench::reports
