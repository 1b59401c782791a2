// SPDX-License-Identifier: Apache-2.0
// What a resumed run takes from its log, and what it measures again.
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <thread>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

class ResumeTest : public ::testing::Test {
 protected:
  void finish_run(const std::vector<std::string>& more = {}) const {
    ASSERT_EQ(run_qbench(set_.run({"fp32", "int8"}, more)).exit_code, 0);
  }

  [[nodiscard]] ProgramResult resume() const { return run_qbench({"run", "--resume", set_.results()}); }

  [[nodiscard]] std::vector<json> log() const {
    std::vector<json> lines;
    std::ifstream in(set_.results() / "cells.jsonl");
    for (std::string line; std::getline(in, line);) lines.push_back(json::parse(line));
    return lines;
  }

  void write_log(const std::vector<json>& lines) const {
    std::ofstream out(set_.results() / "cells.jsonl", std::ios::trunc);
    for (const json& line : lines) out << line.dump() << '\n';
  }

  /// Takes pieces out of the log and the report that was made of them.
  template <typename Predicate>
  void forget(Predicate is_forgotten) const {
    std::vector<json> lines = log();
    std::erase_if(lines, is_forgotten);
    write_log(lines);
    fs::remove(set_.results() / "report.json");
  }

  [[nodiscard]] json report() const { return read_report(set_.results()); }

  TinySet set_;
};

TEST_F(ResumeTest, AFinishedRunStaysAsItIs) {
  finish_run();
  const std::string before = read_text_file(set_.results() / "report.json");
  const std::string log_before = read_text_file(set_.results() / "cells.jsonl");
  fs::remove(set_.results() / "report.md");
  std::this_thread::sleep_for(std::chrono::milliseconds(1100));  // another second of the clock
  EXPECT_EQ(resume().exit_code, 0);
  EXPECT_EQ(read_text_file(set_.results() / "report.json"), before);
  EXPECT_EQ(read_text_file(set_.results() / "cells.jsonl"), log_before);
  EXPECT_TRUE(fs::exists(set_.results() / "report.md"));
}

TEST_F(ResumeTest, AnotherModelUnderTheSameNameIsMeasuredItself) {
  finish_run();
  const json before = report();
  fs::copy_file(set_.model("int8"), set_.model("fp32"), fs::copy_options::overwrite_existing);
  const ProgramResult resumed = resume();
  EXPECT_EQ(resumed.exit_code, 0);
  EXPECT_TRUE(mentions(resumed.err, "fp32, batch 1: measured again, ")) << resumed.err;
  EXPECT_TRUE(mentions(resumed.err, "model: was ")) << resumed.err;
  const json after = report();
  EXPECT_NE(lane_of(after, "fp32", 1).at("blocks"), lane_of(before, "fp32", 1).at("blocks"));
  // What is compared with it is measured in the same rounds.
  EXPECT_NE(lane_of(after, "int8", 1).at("blocks"), lane_of(before, "int8", 1).at("blocks"));
  EXPECT_EQ(cell_of(after, "int8").at("accuracy").at("seconds"), cell_of(before, "int8").at("accuracy").at("seconds"));
}

TEST_F(ResumeTest, OtherImagesUnderTheSameNamesAreSeen) {
  finish_run({"--no-latency"});
  cv::imwrite((set_.images() / "0red" / "0.png").string(), cv::Mat(8, 8, CV_8UC3, cv::Scalar(200, 10, 10)));
  const ProgramResult resumed = resume();
  EXPECT_TRUE(mentions(resumed.err, "fp32, accuracy: measured again, dataset: was ")) << resumed.err;
  EXPECT_EQ(cell_of(report(), "fp32").at("accuracy").at("correct"), 11);
}

TEST_F(ResumeTest, SettingsThatOnlyJudgeChangeNothing) {
  finish_run({"--no-accuracy"});
  json plan = json::parse(read_text_file(set_.results() / "plan.json"));
  plan["settings"]["margin_percent"] = 7;
  write_file_atomic(set_.results() / "plan.json", plan.dump());
  EXPECT_FALSE(mentions(resume().err, "measured again"));
  plan["settings"]["seed"] = 4711;
  write_file_atomic(set_.results() / "plan.json", plan.dump());
  EXPECT_TRUE(mentions(resume().err, "settings: was seed=1"));
}

TEST_F(ResumeTest, TheDistanceToABaselineThatWasFinishedBeforeIsThere) {
  finish_run({"--no-latency"});
  const json before = cell_of(report(), "int8").at("accuracy").at("divergence");
  ASSERT_FALSE(before.is_null());
  forget([](const json& line) { return line.at("cell") == "int8"; });
  EXPECT_EQ(resume().exit_code, 0);
  EXPECT_EQ(cell_of(report(), "int8").at("accuracy").at("divergence"), before);
}

TEST_F(ResumeTest, PredictionsThatAreNotWhatWasCountedAreRefused) {
  finish_run({"--no-latency"});
  const fs::path file = set_.results() / "predictions" / "fp32.csv";
  const std::string good = read_text_file(file);
  fs::copy_file(set_.results() / "predictions" / "int8.csv", file, fs::copy_options::overwrite_existing);
  for (const std::string& bad :
       {read_text_file(file), std::string("no predictions"), good.substr(0, good.size() / 2)}) {
    write_file_atomic(file, bad);
    fs::remove(set_.results() / "report.json");
    const ProgramResult resumed = resume();
    EXPECT_EQ(resumed.exit_code, 0);
    EXPECT_TRUE(mentions(resumed.err, "fp32: evaluated again, ")) << resumed.err;
    EXPECT_EQ(read_text_file(file), good);
  }
}

TEST_F(ResumeTest, AFailureThatCanPassIsTriedAgainAndAResultIsNot) {
  finish_run({"--no-accuracy", "--batch", "1"});
  std::vector<json> lines = log();
  for (json& line : lines) {
    if (line.at("cell") != "int8") continue;
    line["lane"]["outcome"] = {{"status", "crashed"}, {"reason", "signal 11"}, {"stage", "block"}, {"signal", 11}};
    line["lane"]["blocks"] = json::array();
  }
  write_log(lines);
  fs::remove(set_.results() / "report.json");
  EXPECT_EQ(resume().exit_code, 1);
  EXPECT_EQ(lane_of(report(), "int8", 1).at("outcome").at("status"), "crashed");
  for (json& line : lines) {
    if (line.at("cell") == "int8") line["lane"]["outcome"]["signal"] = SIGKILL;
  }
  write_log(lines);
  EXPECT_EQ(resume().exit_code, 0);
  EXPECT_EQ(lane_of(report(), "int8", 1).at("outcome").at("status"), "ok");
}

TEST_F(ResumeTest, AModelThatIsReplacedDuringTheRunEndsItsCell) {
  const int pid = start_qbench(set_.run({"fp32", "int8"}, {"--rounds", "4000", "--max-seconds", "20", "--no-early-stop",
                                                           "--batch", "1", "--no-accuracy", "--restart-rounds", "1"}));
  std::this_thread::sleep_for(std::chrono::seconds(4));
  fs::copy_file(set_.model("fp32"), set_.path() / "new");
  std::ofstream(set_.path() / "new", std::ios::app) << "x";
  fs::rename(set_.path() / "new", set_.model("int8"));
  EXPECT_EQ(wait_for(pid), 1);
  const json outcome = lane_of(report(), "int8", 1).at("outcome");
  EXPECT_EQ(outcome.at("status"), "error");
  EXPECT_TRUE(mentions(outcome.at("reason"), "int8.tflite' changed during the run")) << outcome;
  EXPECT_EQ(lane_of(report(), "fp32", 1).at("outcome").at("status"), "ok");
  for (const json& line : log()) EXPECT_NE(line.at("cell"), "int8") << line.dump().substr(0, 1500);
}

TEST_F(ResumeTest, ARunThatIsKilledAnywhereIsFinishedByAResume) {
  const int pid = start_qbench(set_.run({"fp32", "int8"}));
  std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  ::kill(pid, SIGKILL);
  (void)wait_for(pid);
  EXPECT_EQ(resume().exit_code, 0);
  const json after = report();
  for (const char* cell : {"fp32", "int8"}) {
    EXPECT_EQ(cell_of(after, cell).at("accuracy").at("correct"), 12) << cell;
    EXPECT_EQ(lane_of(after, cell, 4).at("outcome").at("status"), "ok") << cell;
  }
}

}  // namespace
}  // namespace qbench::testing
