// SPDX-License-Identifier: Apache-2.0
// Gates over whole runs: a planted slower model misses, a copy passes.
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

/// A live comparison of two stand-in runtimes.
std::vector<std::string> sides(const TinySet& set, const std::string& a, const std::string& b,
                               const std::string& gate) {
  return {"-q",
          "compare",
          "--live",
          "-o",
          set.results(),
          "--batch",
          "1",
          "--rounds",
          "12",
          "--restart-rounds",
          "6",
          "--max-block-seconds",
          "0.03",
          "--model",
          set.model("fp32"),
          "--gate",
          gate,
          "--library-a",
          stand_in("fake_tflite_" + a),
          "--library-b",
          stand_in("fake_tflite_" + b)};
}

TEST(GateTest, ASlowerBuildMissesAndIsMeasuredAgain) {
  const TinySet set;
  const ProgramResult result = run_qbench(sides(set, "ok", "slow", "latency<=+20%,size<=+0%"));
  EXPECT_EQ(result.exit_code, 3) << result.err;
  EXPECT_NE(result.out.find("MISSED"), std::string::npos) << result.out;
  const nlohmann::json report = read_report(set.results());
  const nlohmann::json again = read_report(set.results() / "remeasure");
  EXPECT_EQ(report.at("gates").at(0).at("again").at("outcome"), "MISSED");
  EXPECT_EQ(report.at("gates").at(1).at("outcome"), "PASSED");
  EXPECT_NE(again.at("seed"), report.at("seed"));
  const std::string junit = read_text_file(set.results() / "junit.xml");
  EXPECT_NE(junit.find("fp32-candidate: latency&lt;=+20%"), std::string::npos) << junit;
  EXPECT_NE(junit.find("measured again"), std::string::npos) << junit;
  EXPECT_NE(junit.find("failures=\"1\""), std::string::npos) << junit;
}

TEST(GateTest, TheSameThingTwicePasses) {
  const TinySet set;
  const ProgramResult result = run_qbench(sides(set, "slow", "slow", "latency<=+50%,size<=+0%"));
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_NE(result.out.find("PASSED"), std::string::npos) << result.out;
  EXPECT_FALSE(std::filesystem::exists(set.results() / "remeasure"));
}

TEST(GateTest, AGateMayStandInThePlan) {
  const TinySet set;
  const nlohmann::json plan = {{"variants", {set.model("int8").string(), set.model("fp32").string()}},
                               {"gate", {"size<=+0%"}},
                               {"batches", {1}},
                               {"settings", {{"rounds", 10}}}};
  write_file_atomic(set.path() / "plan.json", plan.dump());
  const bool grows = std::filesystem::file_size(set.model("fp32")) > std::filesystem::file_size(set.model("int8"));
  const ProgramResult result = run_qbench({"-q", "run", set.path() / "plan.json", "-o", set.results()});
  EXPECT_EQ(result.exit_code, grows ? 3 : 0) << result.out;
  EXPECT_FALSE(std::filesystem::exists(set.results() / "remeasure"));  // a size is what it is
}

TEST(GateTest, AGateSurvivesAResume) {
  const TinySet set;
  ASSERT_EQ(run_qbench(sides(set, "ok", "slow", "latency<=+20%")).exit_code, 3);
  const nlohmann::json before = read_report(set.results());
  EXPECT_EQ(run_qbench({"-q", "compare", "--live", "--resume", set.results(), "--trust"}).exit_code, 3);
  EXPECT_EQ(read_report(set.results()).at("gates"), before.at("gates"));
}

TEST(GateTest, AFailedCellWinsOverAMissedGate) {
  const TinySet set;
  const ProgramResult result = run_qbench(sides(set, "ok", "crash_invoke", "latency<=+20%"));
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_NE(result.out.find("not measured"), std::string::npos) << result.out;
}

TEST(GateTest, AGateThatCannotBeJudgedIsRefusedBeforeTheRun) {
  const TinySet set;
  const ProgramResult without_data = run_qbench(sides(set, "ok", "ok", "top1>=-1pp"));
  EXPECT_EQ(without_data.exit_code, 2);
  EXPECT_NE(without_data.err.find("no dataset"), std::string::npos) << without_data.err;
  EXPECT_EQ(run_qbench(sides(set, "ok", "ok", "latncy<=+1%")).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(set.results()));
}

}  // namespace
}  // namespace qbench::testing
