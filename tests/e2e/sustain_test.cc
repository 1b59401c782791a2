// SPDX-License-Identifier: Apache-2.0
// `qbench run --sustain`, and what the board did during a run.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

TEST(SustainTest, EveryCellRunsAloneAndItsWindowsAreKept) {
  const TinySet set;
  const ProgramResult result =
      run_qbench(set.run({"fp32", "int8"}, {"--rounds", "10", "--sustain", "2s", "--no-accuracy"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("sustained 2 s: p50"), std::string::npos) << result.out;
  const nlohmann::json report = read_report(set.results());
  EXPECT_EQ(report.at("settings").at("sustain_s"), 2.0);
  for (const char* cell : {"fp32", "int8"}) {
    const nlohmann::json figures = cell_of(report, cell).at("sustained").at("figures");
    EXPECT_EQ(figures.at("window_s"), 0.2) << cell;
    EXPECT_FALSE(figures.at("windows").empty()) << cell;  // how many is the machine's doing
    EXPECT_GT(figures.at("cold_ms"), 0.0) << cell;
  }
}

TEST(SustainTest, SustainAloneIsARun) {
  const TinySet set;
  const ProgramResult result = run_qbench(set.run({"fp32"}, {"--no-latency", "--no-accuracy", "--sustain", "500ms"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json cell = cell_of(read_report(set.results()), "fp32");
  EXPECT_TRUE(cell.at("lanes").empty());
  EXPECT_FALSE(cell.at("sustained").at("figures").at("windows").empty());
}

TEST(SustainTest, AFinishedSustainedRunIsNotRepeatedOnResume) {
  const TinySet set;
  ASSERT_EQ(run_qbench(set.run({"fp32"}, {"--no-latency", "--no-accuracy", "--sustain", "500ms"})).exit_code, 0);
  const nlohmann::json before = cell_of(read_report(set.results()), "fp32").at("sustained");
  ASSERT_EQ(run_qbench({"-q", "run", "--resume", set.results()}).exit_code, 0);
  EXPECT_EQ(cell_of(read_report(set.results()), "fp32").at("sustained"), before);
}

TEST(SustainTest, CtrlCKeepsTheWindowsSoFar) {
  const TinySet set;
  const int pid = start_qbench(set.run({"fp32"}, {"--no-latency", "--no-accuracy", "--sustain", "10s"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(6500));
  ::kill(pid, SIGINT);
  EXPECT_EQ(wait_for(pid), 1);
  const nlohmann::json sustained = cell_of(read_report(set.results()), "fp32").at("sustained");
  EXPECT_TRUE(sustained.at("partial").get<bool>());
  EXPECT_FALSE(sustained.at("figures").at("windows").empty());
}

TEST(SustainTest, ADurationThatIsNoneIsRefused) {
  const TinySet set;
  const ProgramResult result = run_qbench(set.run({"fp32"}, {"--sustain", "10 parsecs"}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("'10 parsecs' is no duration"), std::string::npos) << result.err;
}

TEST(BoardSeriesTest, BoardIsSampledBetweenTheBlocks) {
  const TinySet set;
  ASSERT_EQ(run_qbench(set.run({"fp32"}, {"--rounds", "10", "--no-accuracy"})).exit_code, 0);
  const nlohmann::json report = read_report(set.results());
  ASSERT_GE(report.at("board_series").size(), 4U);  // both ends of both batches
  EXPECT_GT(report.at("board_sample_us"), 0.0);
  double last = -1.0;
  for (const auto& point : report.at("board_series")) {
    EXPECT_GT(point.at("at_s"), last);
    last = point.at("at_s");
    EXPECT_GT(point.at("sample").at("cpu_ticks"), 0U);
  }
  const nlohmann::json energy = lane_of(report, "fp32", 1).at("energy");
  EXPECT_NE(energy.at("joules").is_null(), energy.at("reason") == "") << energy;
}

}  // namespace
}  // namespace qbench::testing
