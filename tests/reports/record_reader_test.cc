// SPDX-License-Identifier: Apache-2.0
#include "reports/record_reader.h"
#include "reports/builtin.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "reports/json_report.h"
#include "reports/predictions_csv.h"
#include "tests/support/paths.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

class RecordReaderTest : public ::testing::Test {
 protected:
  /// A result folder with report.json and the predictions of both cells.
  void write_run(const Record& record) {
    const Comparison comparison = compare_cells(record);
    write_report(json_report(), {record, comparison}, path());
    std::filesystem::create_directory(path() / "predictions");
    for (const CellPredictions& cell : testing::sample_predictions()) {
      PredictionsWriter writer(path() / "predictions" / (cell.cell + ".csv"));
      for (const Prediction& prediction : cell.predictions) writer.add("image.png", prediction);
      writer.finish();
    }
  }
  void expect_refused(std::string_view reason, ErrorCode code = ErrorCode::kConfig) {
    try {
      (void)read_record(path());
      FAIL() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_NE(std::string(error.what()).find(reason), std::string::npos) << error.what();
    }
  }
  [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(RecordReaderTest, RecordComesBackFromFileAndFolder) {
  const Record record = testing::sample_record();
  write_run(record);
  for (const auto& source : {path(), path() / "report.json"}) {
    const Record back = read_record(source);
    ASSERT_EQ(back.cells.size(), record.cells.size());
    EXPECT_EQ(back.board, record.board);
    EXPECT_EQ(back.cells[0].lanes[0].samples_ns(), record.cells[0].lanes[0].samples_ns());
    EXPECT_EQ(back.cells[2].variant, record.cells[2].variant);
    EXPECT_EQ(back.cells[3].lanes[0].outcome.signal, 11);
  }
}

TEST_F(RecordReaderTest, ReportOfAReadRecordIsTheSame) {
  Record record = testing::sample_record();
  record.dataset->skipped_images.pop_back();  // a name that is not UTF-8 cannot survive JSON
  const Comparison comparison = compare_cells(record);
  const std::string text = json_report_text({record, comparison});
  write_file_atomic(path() / "report.json", text);
  const Record back = read_record(path());
  const Comparison again = compare_cells(back);
  EXPECT_EQ(json_report_text({back, again}), text);
}

TEST_F(RecordReaderTest, PredictionsComeWithTheRun) {
  write_run(testing::sample_record());
  const StoredRun run = read_run(path());
  EXPECT_TRUE(run.warnings.empty());
  ASSERT_EQ(run.predictions.size(), 2U);
  EXPECT_EQ(run.predictions[1].cell, "int8-tflite-t1");
  EXPECT_EQ(compare_cells(run.record, run.predictions).cells[1].accuracy->paired->right_to_wrong, 4);
}

TEST_F(RecordReaderTest, DamagedPredictionsCostOnlyTheirCell) {
  write_run(testing::sample_record());
  write_file_atomic(path() / "predictions" / "int8-tflite-t1.csv", std::string_view("rubbish"));
  const StoredRun run = read_run(path());
  EXPECT_EQ(run.predictions.size(), 1U);
  ASSERT_EQ(run.warnings.size(), 1U);
  EXPECT_NE(run.warnings[0].find("int8-tflite-t1"), std::string::npos);
}

TEST_F(RecordReaderTest, PredictionsOutsideTheFolderAreNotRead) {
  Record record = testing::sample_record();
  record.cells[0].accuracy->predictions_file = "../elsewhere.csv";
  record.cells[1].accuracy->predictions_file = "/etc/passwd";
  write_run(record);
  const StoredRun run = read_run(path());
  EXPECT_TRUE(run.predictions.empty());
  EXPECT_EQ(run.warnings.size(), 2U);
}

TEST_F(RecordReaderTest, MissingFileIsAnIoError) { expect_refused("report.json", ErrorCode::kIo); }

TEST_F(RecordReaderTest, TruncatedFileIsNotJson) {
  write_run(testing::sample_record());
  const std::string text = read_text_file(path() / "report.json");
  write_file_atomic(path() / "report.json", std::string_view(text).substr(0, text.size() / 2));
  expect_refused("is not JSON");
}

TEST_F(RecordReaderTest, OtherJsonIsNoRecord) {
  write_file_atomic(path() / "report.json", std::string_view("[1, 2]"));
  expect_refused("is not a qbench record");
}

TEST_F(RecordReaderTest, PredictionsThatWereNotCountedAreNotRead) {
  write_run(testing::sample_record());
  const std::size_t all = read_run(path()).predictions.size();
  const std::filesystem::path folder = path() / "predictions";
  const std::string name = testing::sample_predictions()[0].cell + ".csv";
  std::filesystem::copy_file(folder / name, path() / "elsewhere.csv");
  std::filesystem::remove(folder / name);
  std::filesystem::create_symlink(path() / "elsewhere.csv", folder / name);
  const StoredRun linked = read_run(path());
  EXPECT_EQ(linked.predictions.size(), all - 1);
  EXPECT_NE(linked.warnings.back().find("is a link"), std::string::npos) << linked.warnings.back();
  std::filesystem::remove(folder / name);
  PredictionsWriter(folder / name).finish();
  const StoredRun emptied = read_run(path());
  EXPECT_EQ(emptied.predictions.size(), all - 1);
  EXPECT_NE(emptied.warnings.back().find("does not hold what was counted"), std::string::npos);
}

TEST_F(RecordReaderTest, EndlessNestingIsRefused) {
  write_file_atomic(path() / "report.json", std::string(1000000, '['));
  expect_refused("nested too deeply");
}

TEST_F(RecordReaderTest, NewerSchemaIsRefused) {
  write_file_atomic(path() / "report.json", std::string_view(R"({"schema_version": 99, "cells": []})"));
  expect_refused("newer qbench");
}

TEST_F(RecordReaderTest, ImpossibleFiguresAreRefused) {
  Record record = testing::sample_record();
  record.cells[0].accuracy->correct = 201;
  write_file_atomic(path() / "report.json", json_report_text({record, Comparison{}}));
  expect_refused("more right answers than images");
  record = testing::sample_record();
  record.cells[0].lanes[0].blocks[0].samples_ns[0] = -1;
  write_file_atomic(path() / "report.json", json_report_text({record, Comparison{}}));
  expect_refused("a negative time");
  record = testing::sample_record();
  record.cells[0].lanes[0].batch = 0;
  write_file_atomic(path() / "report.json", json_report_text({record, Comparison{}}));
  expect_refused("a batch below 1");
  record = testing::sample_record();
  record.cells[1].id = record.cells[0].id;
  write_file_atomic(path() / "report.json", json_report_text({record, Comparison{}}));
  expect_refused("used twice");
  record = testing::sample_record();
  record.cells[1].baseline = "nobody";
  write_file_atomic(path() / "report.json", json_report_text({record, Comparison{}}));
  expect_refused("its baseline is not in the record");
}

}  // namespace
}  // namespace qbench::reports
