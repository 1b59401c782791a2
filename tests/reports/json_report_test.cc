// SPDX-License-Identifier: Apache-2.0
#include "reports/json_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/files.h"
#include "tests/reports/schema_check.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

nlohmann::json schema() {
  return nlohmann::json::parse(read_text_file(QBENCH_SOURCE_DIR "/configs/schema/report.schema.json"));
}

nlohmann::json json_report_of(const Record& record) {
  const auto predictions = testing::sample_predictions();
  const Comparison comparison = compare_cells(record, predictions);
  return nlohmann::json::parse(json_report_text({record, comparison, predictions}));
}

std::vector<std::string> faults_of(const nlohmann::json& report) { return testing::schema_faults(schema(), report); }

TEST(JsonReportTest, FullRecordFollowsTheSchema) {
  EXPECT_THAT(faults_of(json_report_of(testing::sample_record())), IsEmpty());
}

TEST(JsonReportTest, EmptyRecordFollowsTheSchema) { EXPECT_THAT(faults_of(json_report_of(Record{})), IsEmpty()); }

TEST(JsonReportTest, RecordWithoutDatasetFollowsTheSchema) {
  Record record = testing::sample_record();
  record.dataset.reset();
  for (CellRecord& cell : record.cells) cell.accuracy.reset();
  EXPECT_THAT(faults_of(json_report_of(record)), IsEmpty());
}

TEST(JsonReportTest, SchemaFindsEveryKindOfFault) {
  const nlohmann::json good = json_report_of(testing::sample_record());
  const auto with = [&](const char* pointer, const nlohmann::json& value) {
    nlohmann::json bad = good;
    bad[nlohmann::json::json_pointer(pointer)] = value;
    return faults_of(bad);
  };
  EXPECT_THAT(with("/cells/0/threads", "4"), Contains(HasSubstr("$.cells[0].threads is \"4\"")));
  EXPECT_THAT(with("/cells/0/threads", 0), Contains(HasSubstr("below the minimum")));
  EXPECT_THAT(with("/cells/0/lanes/0/outcome/status", "fine"), Contains(HasSubstr("not listed")));
  EXPECT_THAT(with("/cells/0/lanes/0/blocks/0/samples_ns/0", 1.5), Contains(HasSubstr("samples_ns[0]")));
  EXPECT_THAT(with("/cells/0/recipe_sha256", "abc"), Contains(HasSubstr("another form")));
  EXPECT_THAT(with("/cells/0/recipe/mean", {1, 2}), Contains(HasSubstr("too few items")));
  EXPECT_THAT(with("/schema_version", 2), Contains(HasSubstr("is not 1")));
  EXPECT_THAT(with("/comparison/cells/0/surprise", 1), Contains(HasSubstr("holds 'surprise'")));
  EXPECT_THAT(with("/comparison/cells/1/accuracy/top1", 1.5), Contains(HasSubstr("above the maximum")));
  EXPECT_THAT(with("/board/environment/X", 1), Contains(HasSubstr("$.board.environment.X")));
  nlohmann::json lacking = good;
  lacking["cells"][0].erase("id");
  EXPECT_THAT(faults_of(lacking), Contains("$.cells[0] lacks 'id'"));
}

/// Every property says what it is; plain references take the description of what they point at.
void expect_described(const nlohmann::json& node, const std::string& where) {
  if (node.is_object() && node.contains("properties")) {
    for (const auto& [key, property] : node.at("properties").items()) {
      EXPECT_TRUE(property.contains("description") || property.contains("$ref")) << where << "." << key;
    }
  }
  for (const auto& [key, child] : node.items()) {
    if (child.is_structured()) expect_described(child, where + "." + key);
  }
}

TEST(JsonReportTest, SchemaDescribesEveryField) { expect_described(schema(), "$"); }

TEST(JsonReportTest, BytesThatAreNotUtf8BecomeReplacementCharacters) {
  const nlohmann::json report = json_report_of(testing::sample_record());
  EXPECT_EQ(report.at("dataset").at("skipped_images").at(1).at("id"), "circle/\xEF\xBF\xBD\xEF\xBF\xBD.png");
}

TEST(JsonReportTest, SamplesOfABlockStandOnOneLine) {
  const Record record = testing::sample_record();
  const std::string text = json_report_text({record, compare_cells(record)});
  const std::size_t at = text.find("\"samples_ns\": [");
  ASSERT_NE(at, std::string::npos);
  EXPECT_LT(text.find(']', at), text.find('\n', at));
}

}  // namespace
}  // namespace qbench::reports
