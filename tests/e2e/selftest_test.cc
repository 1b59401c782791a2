// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/files.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

class SelftestTest : public ::testing::Test {
 protected:
  ProgramResult selftest(const std::vector<std::string>& more) {
    std::vector<std::string> arguments{"-q", "selftest", "--minutes", "0.01", "--rounds", "10"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_qbench(arguments);
  }

  TinySet set_;
  std::string profile_ = (set_.path() / "deep" / "noise.json").string();
};

TEST_F(SelftestTest, ItPrintsRatesAndKeepsTheNoiseProfile) {
  const ProgramResult result = selftest({"--model", set_.model("fp32").string(), "-o", profile_});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("false alarms: "), std::string::npos) << result.out;
  const auto profile = nlohmann::json::parse(read_text_file(profile_));
  EXPECT_GE(profile.at("comparisons").get<int>(), 1);
  EXPECT_EQ(profile.at("figures").at("margin_percent"), 1.0);
}

TEST_F(SelftestTest, JsonIsAllThatIsPrintedWhenAskedFor) {
  const ProgramResult result = selftest({"--model", set_.model("fp32").string(), "-o", profile_, "--json"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(nlohmann::json::parse(result.out).contains("false_alarms"));
}

TEST_F(SelftestTest, WrongInputIsOneLine) {
  ProgramResult result = selftest({"--model", "nowhere.tflite", "-o", profile_});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("there is no model file 'nowhere.tflite'"), std::string::npos) << result.err;
  write_file_atomic(set_.path() / "bad.tflite", std::string_view("not a model"));
  result = selftest({"--model", (set_.path() / "bad.tflite").string(), "-o", profile_});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("in spite of its name"), std::string::npos) << result.err;
  result = selftest({"--planted", "-1"});
  EXPECT_EQ(result.exit_code, 2);
}

TEST_F(SelftestTest, ARunTakesNoMarginBelowTheNoiseOfItsBoard) {
  const ProgramResult listed = run_qbench({"probe", "--json"});
  const std::string board = nlohmann::json::parse(listed.out).at("board").at("id");
  const std::string profile = R"({"schema_version": 1, "board": ")" + board +
                              R"(", "created_utc": "", "model": "", "model_sha256": "", "comparisons": 9,
          "latency_floor": 0.07, "load_floor": 0, "memory_floor": 0, "detectable_percent": null, "figures": {}})";
  std::filesystem::create_directory(set_.path() / "qbench");
  write_file_atomic(set_.path() / "qbench" / ("noise-" + board + ".json"), profile);
  const ProgramResult result = run_qbench(set_.run({"fp32", "int8"}), {"XDG_STATE_HOME=" + set_.path().string()});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const auto settings = read_report(set_.results()).at("comparison").at("settings");
  EXPECT_DOUBLE_EQ(settings.at("latency_margin").get<double>(), 0.07);
}

TEST_F(SelftestTest, AProfileThatCannotBeUsedKeepsNobodyFromRunning) {
  const std::string board = nlohmann::json::parse(run_qbench({"probe", "--json"}).out).at("board").at("id");
  std::filesystem::create_directory(set_.path() / "qbench");
  write_file_atomic(set_.path() / "qbench" / ("noise-" + board + ".json"), std::string_view("{"));
  const ProgramResult result =
      run_qbench(set_.run({"fp32"}, {"--no-latency"}), {"XDG_STATE_HOME=" + set_.path().string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(mentions(result.err, "is damaged")) << result.err;
}

}  // namespace
}  // namespace qbench::testing
