// SPDX-License-Identifier: Apache-2.0
#include "reports/junit_report.h"

#include <gtest/gtest.h>

#include "tests/reports/xml_check.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

std::string junit_text(const Record& record, std::span<const CheckedGate> gates = {}) {
  const Comparison comparison = compare_cells(record);
  return junit_report_text({record, comparison, {}, gates});
}

std::size_t count_of(const std::string& text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(JunitReportTest, IsWellFormedWithHostileNames) {
  Record record = testing::sample_record();
  record.name = testing::hostile_name();
  record.cells[3].id = testing::hostile_name() + "]]>";
  record.cells[3].lanes[0].outcome.reason = "\"'<>&\x02\xFF";
  const auto gates = testing::sample_gates();
  EXPECT_EQ(testing::xml_fault(junit_text(record, gates)), "");
}

TEST(JunitReportTest, EveryCellIsACase) {
  const std::string text = junit_text(testing::sample_record());
  EXPECT_EQ(count_of(text, "<testcase "), 6U);
  EXPECT_NE(text.find("tests=\"6\" failures=\"0\" errors=\"2\" skipped=\"1\""), std::string::npos) << text;
  EXPECT_EQ(text.find(".gates"), std::string::npos);
}

TEST(JunitReportTest, CrashIsAnErrorWithTheLastLines) {
  const std::string text = junit_text(testing::sample_record());
  EXPECT_NE(text.find("<error type=\"crashed\""), std::string::npos);
  EXPECT_NE(text.find("bad"), std::string::npos);
}

TEST(JunitReportTest, MissedGateIsAFailureAndAnUndecidedOneIsSkipped) {
  const auto gates = testing::sample_gates();
  const std::string text = junit_text(testing::sample_record(), gates);
  EXPECT_NE(text.find("tests=\"4\" failures=\"1\" errors=\"0\" skipped=\"2\""), std::string::npos) << text;
  EXPECT_NE(text.find("<failure type=\"gate\" message=\"rss&lt;=+10%: MISSED: +25.00 %"), std::string::npos) << text;
  EXPECT_NE(text.find("latency&lt;=+2%: CANNOT TELL: not measured"), std::string::npos);
}

TEST(XmlCheckTest, FindsWhatIsNotWellFormed) {
  EXPECT_EQ(testing::xml_fault("<?xml version=\"1.0\"?><a b=\"c\"><d/>text &amp; more</a>"), "");
  EXPECT_NE(testing::xml_fault("<a><b></a></b>"), "");
  EXPECT_NE(testing::xml_fault("<a>"), "");
  EXPECT_NE(testing::xml_fault("<a b=\"<\"/>"), "");
  EXPECT_NE(testing::xml_fault("<a b=c/>"), "");
  EXPECT_NE(testing::xml_fault("<a>&nope;</a>"), "");
  EXPECT_NE(testing::xml_fault("<a>\x01</a>"), "");
  EXPECT_NE(testing::xml_fault("<a/><b/>"), "");
  EXPECT_NE(testing::xml_fault("<a>]]></a>"), "");
}

}  // namespace
}  // namespace qbench::reports
