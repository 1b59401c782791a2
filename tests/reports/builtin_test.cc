// SPDX-License-Identifier: Apache-2.0
#include "reports/builtin.h"

#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "tests/support/paths.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

TEST(BuiltinTest, NamesAndFilesAreUnique) {
  std::set<std::string> names;
  std::set<std::string> files;
  for (const ReportFormat& format : report_formats()) {
    EXPECT_TRUE(names.insert(format.name).second) << format.name;
    EXPECT_TRUE(files.insert(format.file).second) << format.file;
    EXPECT_FALSE(format.summary.empty());
  }
}

TEST(BuiltinTest, EveryFormatWritesItsFileAndNothingElse) {
  const Record record = testing::sample_record();
  const Comparison comparison = compare_cells(record);
  for (const ReportFormat& format : report_formats()) {
    const testing::TemporaryFolder folder;
    write_report(format, {record, comparison}, folder.path());
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path())) found.insert(entry.path().filename());
    EXPECT_EQ(found, std::set<std::string>{format.file});
  }
}

TEST(BuiltinTest, EveryFormatWritesAnEmptyRecord) {
  for (const ReportFormat& format : report_formats()) {
    const testing::TemporaryFolder folder;
    EXPECT_NO_THROW(write_report(format, {Record{}, Comparison{}}, folder.path())) << format.name;
  }
}

TEST(BuiltinTest, UnwritableFolderIsOneIoError) {
  const Record record = testing::sample_record();
  const Comparison comparison = compare_cells(record);
  for (const ReportFormat& format : report_formats()) {
    try {
      write_report(format, {record, comparison}, "/nowhere/at/all");
      FAIL() << format.name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kIo);
      EXPECT_NE(std::string(error.what()).find(format.file), std::string::npos);
    }
  }
}

TEST(BuiltinTest, UnknownFormatNamesTheNearest) {
  EXPECT_EQ(report_format("json").file, "report.json");
  try {
    (void)report_format("jsno");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("'json'"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace qbench::reports
