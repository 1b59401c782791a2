// SPDX-License-Identifier: Apache-2.0
// The whole program on tiny models and images that the tests make.
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <thread>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

/// A process whose parent is `parent`; 0 when there is none (yet).
int find_child(int parent) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    std::ifstream status(entry.path() / "status");
    for (std::string line; std::getline(status, line);) {
      if (line == "PPid:\t" + std::to_string(parent)) return std::atoi(entry.path().filename().c_str());
    }
  }
  return 0;
}

/// Waits until `parent` has a child, for ten seconds at most.
int child_of(int parent) {
  for (int tries = 0; tries < 200; ++tries) {
    if (const int child = find_child(parent); child > 0) return child;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return 0;
}

TEST(RunTest, ComparesVariantsAndWritesEveryReport) {
  const TinySet set;
  const ProgramResult result = run_qbench(set.run({"fp32", "int8"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("baseline"), std::string::npos);
  for (const char* file : {"report.json", "report.csv", "report.md", "junit.xml", "gbench.json", "cells.jsonl",
                           "plan.json", "predictions/fp32.csv", "predictions/int8.csv"}) {
    EXPECT_TRUE(std::filesystem::exists(set.results() / file)) << file;
  }
  const nlohmann::json report = read_report(set.results());
  for (const char* cell : {"fp32", "int8"}) {
    EXPECT_EQ(cell_of(report, cell).at("accuracy").at("correct"), 12) << cell;
    EXPECT_EQ(lane_of(report, cell, 1).at("blocks").size(), 12U);
    EXPECT_EQ(lane_of(report, cell, 4).at("outcome").at("status"), "ok");
  }
}

TEST(RunTest, TheBatchSizesTakeTurns) {
  const TinySet set;
  std::vector<std::string> command = set.run({"fp32", "int8"});
  *(std::ranges::find(command, "--restart-rounds") + 1) = "1";
  ASSERT_EQ(run_qbench(command).exit_code, 0);
  const nlohmann::json report = read_report(set.results());
  const nlohmann::json single = lane_of(report, "fp32", 1).at("blocks");
  const nlohmann::json batched = lane_of(report, "int8", 4).at("blocks");
  EXPECT_LT(single.front().at("start_s").get<double>(), batched.front().at("start_s").get<double>());
  EXPECT_LT(batched.front().at("start_s").get<double>(), single.back().at("start_s").get<double>());
  EXPECT_LT(single.back().at("start_s").get<double>(), batched.back().at("start_s").get<double>());
}

TEST(RunTest, NothingIsLeftBehindInTheResultFolder) {
  const TinySet set;
  ASSERT_EQ(run_qbench(set.run({"fp32"})).exit_code, 0);
  for (const auto& entry : std::filesystem::recursive_directory_iterator(set.results())) {
    EXPECT_NE(entry.path().extension(), ".qtc") << entry.path();
    EXPECT_NE(entry.path().extension(), ".f32") << entry.path();
  }
}

TEST(RunTest, JobsAndBatchesOfTheEvaluationDoNotChangeTheAnswer) {
  std::vector<std::string> hashes;
  for (const auto& flags : {std::vector<std::string>{"--jobs", "1"}, {"--jobs", "3"}, {"--eval-batch", "5"}}) {
    const TinySet set;
    std::vector<std::string> more = flags;
    more.emplace_back("--no-latency");
    ASSERT_EQ(run_qbench(set.run({"fp32"}, more)).exit_code, 0);
    hashes.push_back(cell_of(read_report(set.results()), "fp32").at("accuracy").at("prediction_sha256"));
  }
  EXPECT_EQ(hashes[0], hashes[1]);
  EXPECT_EQ(hashes[0], hashes[2]);
}

TEST(RunTest, WithoutADatasetOnlyLatencyIsMeasured) {
  const TinySet set;
  const ProgramResult result =
      run_qbench({"-q", "run", "-m", set.model("fp32"), "-o", set.results(), "--rounds", "10"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(cell_of(read_report(set.results()), "fp32").at("accuracy").is_null());
}

TEST(RunTest, AConstantBatchIsRepairedInMemoryUnlessForbidden) {
  const TinySet set;
  write_file_atomic(set.model("fixed"), tiny_model({.fixed_batch = true}));
  ASSERT_EQ(run_qbench(set.run({"fixed"})).exit_code, 0);
  EXPECT_EQ(lane_of(read_report(set.results()), "fixed", 4).at("batching"), "rewritten");

  const ProgramResult forbidden = run_qbench(set.run({"fixed"}, {"--no-rebatch", "-o", set.path() / "second"}));
  EXPECT_EQ(forbidden.exit_code, 0) << forbidden.err;
  const auto lane = lane_of(read_report(set.path() / "second"), "fixed", 4);
  EXPECT_EQ(lane.at("outcome").at("status"), "unsupported");
  EXPECT_NE(lane.at("outcome").at("reason").get<std::string>().find("RESHAPE"), std::string::npos);
}

TEST(RunTest, ADamagedImageIsSkippedAndNamed) {
  const TinySet set;
  std::ofstream(set.images() / "0red" / "broken.png") << "no image";
  std::ofstream(set.images() / "0red" / "empty.jpg");
  const ProgramResult result = run_qbench(set.run({"fp32"}, {"--no-latency"}));
  ASSERT_EQ(result.exit_code, 0);
  EXPECT_NE(result.out.find("images: 2 of 14 skipped"), std::string::npos) << result.out;
  const nlohmann::json report = read_report(set.results());
  EXPECT_EQ(report.at("dataset").at("skipped"), 2);
  EXPECT_EQ(cell_of(report, "fp32").at("accuracy").at("images"), 12);
  EXPECT_EQ(report.at("dataset").at("skipped_images").at(0).at("id"), "0red/broken.png");
}

TEST(RunTest, AStreamedSetGivesTheSameAnswer) {
  const TinySet set(2000);
  ASSERT_EQ(run_qbench(set.run({"fp32"}, {"--no-latency"})).exit_code, 0);
  ASSERT_EQ(run_qbench(set.run({"fp32"}, {"--no-latency", "--cache-limit-mb", "1", "-o", set.path() / "b"})).exit_code,
            0);
  const auto whole = cell_of(read_report(set.results()), "fp32").at("accuracy");
  const auto streamed = cell_of(read_report(set.path() / "b"), "fp32").at("accuracy");
  EXPECT_EQ(whole.at("images"), 6000);
  EXPECT_EQ(whole.at("prediction_sha256"), streamed.at("prediction_sha256"));
}

TEST(RunTest, AResumedRunMeasuresOnlyWhatIsMissing) {
  const TinySet set;
  ASSERT_EQ(run_qbench(set.run({"fp32", "int8"})).exit_code, 0);
  const nlohmann::json before = read_report(set.results());
  // Take the last line away, as if the run had been killed before it, and tear the one before.
  std::vector<std::string> lines;
  std::ifstream in(set.results() / "cells.jsonl");
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  ASSERT_EQ(lines.size(), 6U);
  std::ofstream out(set.results() / "cells.jsonl", std::ios::trunc);
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) out << lines[i] << '\n';
  out << lines.back().substr(0, 20);
  out.close();
  const ProgramResult resumed = run_qbench({"-q", "run", "--resume", set.results()});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const nlohmann::json after = read_report(set.results());
  EXPECT_EQ(lane_of(after, "fp32", 1).at("blocks"), lane_of(before, "fp32", 1).at("blocks"));
  EXPECT_EQ(cell_of(after, "int8").at("accuracy").at("prediction_sha256"),
            cell_of(before, "int8").at("accuracy").at("prediction_sha256"));
  const auto tells = [](const nlohmann::json& warning) {
    return warning.get<std::string>().find("ended in half a line") != std::string::npos;
  };
  EXPECT_EQ(std::ranges::count_if(after.at("warnings"), tells),
            1);  // a build without the whole sandbox tells that, too
}

TEST(RunTest, CtrlCLeavesAValidPartialRecordThatCanBeResumed) {
  const TinySet set;
  const int pid =
      start_qbench(set.run({"fp32", "int8"}, {"--rounds", "100000", "--max-seconds", "600", "--no-early-stop"}));
  ASSERT_GT(child_of(pid), 0);
  std::this_thread::sleep_for(std::chrono::seconds(2));
  ::kill(pid, SIGINT);
  EXPECT_EQ(wait_for(pid), 1);
  const nlohmann::json report = read_report(set.results());
  EXPECT_TRUE(report.at("partial").get<bool>());
  EXPECT_EQ(report.at("cells").size(), 2U);
  nlohmann::json plan = nlohmann::json::parse(read_text_file(set.results() / "plan.json"));
  plan["settings"]["rounds"] = 10;
  write_file_atomic(set.results() / "plan.json", plan.dump());
  EXPECT_EQ(run_qbench({"-q", "run", "--resume", set.results()}).exit_code, 0);
  EXPECT_FALSE(read_report(set.results()).at("partial").get<bool>());
}

TEST(RunTest, AWorkerDiesWithItsParent) {
  const TinySet set;
  const int pid =
      start_qbench(set.run({"fp32"}, {"--rounds", "100000", "--max-seconds", "600", "--restart-rounds", "0"}));
  const int worker = child_of(pid);
  ASSERT_GT(worker, 0);
  ::kill(pid, SIGKILL);
  (void)wait_for(pid);
  for (int tries = 0; tries < 100 && ::kill(worker, 0) == 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_NE(::kill(worker, 0), 0);
}

TEST(RunTest, HelpAndVersionAreForEverybody) {
  EXPECT_EQ(run_qbench({"--help"}).exit_code, 0);
  EXPECT_NE(run_qbench({"run", "--help"}).out.find("Example"), std::string::npos);
  EXPECT_NE(run_qbench({"--version"}).out.find("qbench 0."), std::string::npos);
  EXPECT_EQ(run_qbench({"list"}).exit_code, 0);
  EXPECT_TRUE(nlohmann::json::accept(run_qbench({"list", "--json"}).out));
}

}  // namespace
}  // namespace qbench::testing
