// SPDX-License-Identifier: Apache-2.0
// A record whose every text is hostile, through every writer.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <set>

#include "reports/boards_report.h"
#include "reports/builtin.h"
#include "reports/console_table.h"
#include "reports/csv_text.h"
#include "reports/text_table.h"
#include "tests/reports/xml_check.h"
#include "tests/support/raw_bytes.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

/// Each kind of attack: terminal, line, direction, formula, markup; the bytes that are no UTF-8 come last.
const std::string kHostile =
    "=cmd|'/c calc'!A1;=1+1,\"@x\"\x1b]0;t\x07\r\n\t\x7f\xC2\x9B\xE2\x80\xAE\xE2\x80\xA8\xEF\xBB\xBF<b>|`";

using Json = nlohmann::json;

void for_each_text(Json& json, const std::string& key, const std::function<void(const std::string&, Json&)>& visit) {
  if (json.is_string()) return visit(key, json);
  if (!json.is_structured()) return;
  for (auto& item : json.items()) for_each_text(item.value(), json.is_object() ? item.key() : key, visit);
}

/// The record with hostile texts under every key where the reader takes any text.
Record hostile_record(std::set<std::string>& taken) {
  const Json sound =
      Json::parse(record_to_json(testing::sample_record()).dump(-1, ' ', false, Json::error_handler_t::replace));
  Json light = sound;
  for (Json& cell : light["cells"]) {
    for (Json& lane : cell["lanes"]) lane["blocks"] = Json::array();
  }
  std::set<std::string> keys;
  for_each_text(light, "", [&](const std::string& key, Json&) { keys.insert(key); });
  const auto changed = [](Json json, const std::set<std::string>& which) {
    for_each_text(json, "", [&](const std::string& key, Json& text) {
      if (which.contains(key)) text = kHostile + text.get<std::string>() + "\x9B";
    });
    return json;
  };
  for (const std::string& key : keys) {
    try {
      (void)record_from_json(changed(light, {key}), "light");
      taken.insert(key);
    } catch (const std::exception&) {
      // A word of a fixed list: nothing else comes through the reader.
    }
  }
  return record_from_json(changed(sound, taken), "hostile");
}

class HostileTextTest : public ::testing::Test {
 protected:
  [[nodiscard]] ReportInput input() const {
    return {record_, comparison_, predictions_, {}, [](std::size_t) { return kHostile; }};
  }

  std::set<std::string> taken_;
  Record record_ = hostile_record(taken_);
  std::vector<CellPredictions> predictions_ = testing::sample_predictions();
  Comparison comparison_ = compare_cells(record_, predictions_);
};

TEST_F(HostileTextTest, TheRecordIsHostileWhereNamesStand) {
  for (const char* key : {"variant", "name", "class_names", "warnings", "reason", "version", "library", "notes", "path",
                          "kernels", "delegate", "model", "governor"}) {
    EXPECT_TRUE(taken_.contains(key)) << key;
  }
  EXPECT_GT(taken_.size(), 40U);
}

TEST_F(HostileTextTest, NoReportHoldsARawByte) {
  for (const ReportFormat& format : report_formats()) {
    const std::string text = format.text(input());
    EXPECT_EQ(testing::raw_bytes_in(text, {.lines = true}), "") << format.name;
    EXPECT_GT(text.size(), 1000U) << format.name;
  }
}

TEST_F(HostileTextTest, NoTerminalTableHoldsARawByte) {
  for (const bool colour : {false, true}) {
    for (const int width : {80, 200}) {
      const std::string text = console_table(input(), {width, colour});
      EXPECT_EQ(testing::raw_bytes_in(text, {.lines = true, .colours = colour}), "");
    }
  }
}

TEST_F(HostileTextTest, NoReportOfSeveralBoardsHoldsARawByte) {
  std::vector<StoredRun> runs(2);
  for (StoredRun& run : runs) {
    run.folder = kHostile;
    run.record = record_;
    run.predictions = predictions_;
  }
  const BoardsReport report = make_boards_report(std::move(runs), [](const Record&) { return ComparisonSettings(); });
  for (const std::string& text : {boards_html(report), boards_markdown(report), boards_json(report),
                                  markdown_table(across_boards_table(report))}) {
    EXPECT_EQ(testing::raw_bytes_in(text, {.lines = true}), "");
  }
}

TEST_F(HostileTextTest, NoCsvCellIsAFormula) {
  const std::string text = report_format("csv").text(input());
  CsvReader rows(text, "report.csv");
  int apostrophes = 0;
  for (std::vector<std::string> fields; rows.next(fields);) {
    for (const std::string& field : fields) {
      if (field.empty()) continue;
      apostrophes += field[0] == '\'' ? 1 : 0;
      if (std::string("=+-@").find(field[0]) == std::string::npos) continue;
      std::size_t used = 0;
      EXPECT_NO_THROW((void)std::stod(field, &used)) << field;
      EXPECT_EQ(used, field.size()) << field;
    }
  }
  EXPECT_GT(apostrophes, 10);
}

TEST_F(HostileTextTest, XmlIsWellFormedAndJsonCanBeReadBack) {
  EXPECT_EQ(testing::xml_fault(report_format("junit").text(input())), "");
  const Json report = Json::parse(report_format("json").text(input()));
  EXPECT_EQ(report.at("cells").at(0).at("variant").get<std::string>().substr(0, kHostile.size()), kHostile);
  EXPECT_TRUE(Json::parse(report_format("gbench").text(input())).is_object());
}

}  // namespace
}  // namespace qbench::reports
