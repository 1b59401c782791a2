// SPDX-License-Identifier: Apache-2.0
// Wrong inputs: one clear line and the right exit code.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

class BadInputTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string with_config(const nlohmann::json& config) const {
    write_file_atomic(set_.path() / "plan.json", config.dump());
    return complaint({"-q", "run", set_.path() / "plan.json", "-o", set_.results()});
  }

  /// Status and reason of a cell whose model file holds `bytes`, beside a good cell that must finish.
  [[nodiscard]] nlohmann::json outcome_of_model(std::string_view bytes) const {
    write_file_atomic(set_.model("bad"), bytes);
    const ProgramResult result = run_qbench(set_.run({"fp32", "bad"}));
    EXPECT_EQ(result.exit_code, 1) << result.err;
    const nlohmann::json report = read_report(set_.results());
    EXPECT_EQ(cell_of(report, "fp32").at("accuracy").at("correct"), 12);
    return lane_of(report, "bad", 1).at("outcome");
  }

  TinySet set_;
};

TEST_F(BadInputTest, AModelThatIsNotThere) { EXPECT_TRUE(mentions(complaint(set_.run({"absent"})), "absent.tflite")); }

TEST_F(BadInputTest, NothingToRun) { EXPECT_TRUE(mentions(complaint({"run"}), "--model")); }

TEST_F(BadInputTest, AnUnknownFlag) { EXPECT_EQ(run_qbench({"run", "--rouns", "3"}).exit_code, 2); }

TEST_F(BadInputTest, AnEmptyModel) { EXPECT_EQ(outcome_of_model("").at("status"), "error"); }

TEST_F(BadInputTest, AModelOfAnotherKind) {
  const nlohmann::json outcome = outcome_of_model("PK\3\4 this is no model");
  EXPECT_EQ(outcome.at("status"), "error");
  EXPECT_TRUE(mentions(outcome.at("reason"), "bad.tflite"));
}

TEST_F(BadInputTest, ATruncatedModel) {
  const std::string good = read_text_file(set_.model("fp32"));
  EXPECT_EQ(outcome_of_model(std::string_view(good).substr(0, good.size() / 2)).at("status"), "error");
}

TEST_F(BadInputTest, AHugeModel) {
  std::filesystem::copy(set_.model("fp32"), set_.model("huge"));
  std::filesystem::resize_file(set_.model("huge"), 3ULL << 30);  // sparse
  const ProgramResult result = run_qbench(set_.run({"fp32", "huge"}));
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const auto outcome = lane_of(read_report(set_.results()), "huge", 1).at("outcome");
  EXPECT_EQ(outcome.at("status"), "error");
  EXPECT_TRUE(mentions(outcome.at("reason"), "2"));
}

TEST_F(BadInputTest, MoreClassesThanOutputs) {
  std::filesystem::create_directories(set_.images() / "3more");
  std::filesystem::copy(set_.images() / "0red" / "0.png", set_.images() / "3more" / "0.png");
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"})), "3 outputs but the dataset has 4 classes"));
}

TEST_F(BadInputTest, AnEmptyFolder) {
  std::filesystem::create_directories(set_.path() / "empty");
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"--data", set_.path() / "empty"})), "empty"));
}

TEST_F(BadInputTest, AFolderWithoutOneGoodImage) {
  std::filesystem::create_directories(set_.path() / "bad" / "a");
  for (const char* name : {"a", "b", "c"}) {
    std::filesystem::create_directories(set_.path() / "bad" / name);
    std::ofstream(set_.path() / "bad" / name / "x.png") << "no image";
  }
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"--data", set_.path() / "bad"})), "not one of 3 images"));
}

TEST_F(BadInputTest, ALabelOutOfRange) {
  std::ofstream(set_.path() / "list.csv") << "path,label\n0red/0.png,7\n";
  std::ofstream(set_.path() / "labels.txt") << "a\nb\nc\n";
  EXPECT_TRUE(mentions(
      complaint(set_.run({"fp32"}, {"--list", set_.path() / "list.csv", "--labels", set_.path() / "labels.txt"})),
      "7"));
}

TEST_F(BadInputTest, AnUnknownKeyNamesTheNearest) {
  EXPECT_TRUE(mentions(with_config({{"variants", {"fp32.tflite"}}, {"batchs", {1}}}), "did you mean 'batches'"));
}

TEST_F(BadInputTest, AWrongType) {
  EXPECT_TRUE(mentions(with_config({{"variants", {"fp32.tflite"}}, {"settings", {{"rounds", "x"}}}}), "'rounds'"));
}

TEST_F(BadInputTest, ContradictingLimits) {
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"--rounds", "5", "--min-rounds", "9"})), "min_rounds"));
}

TEST_F(BadInputTest, AnUnknownRecipe) {
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"--recipe", "torsh"})), "did you mean 'torch'"));
}

TEST_F(BadInputTest, AnUnknownReportFormat) {
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"--formats", "jsn"})), "did you mean 'json'"));
}

TEST_F(BadInputTest, JsonThatIsNestedWithoutEnd) {
  const std::string deep(131'000, '[');
  const auto plan_of = [&deep](const std::string& key) {
    return "{\"" + key + "\":" + deep + std::string(131'000, ']') + "}";
  };
  for (const char* key : {"variants", "gate", "runners", "settings"}) {
    write_file_atomic(set_.path() / "plan.json", plan_of(key));
    EXPECT_TRUE(mentions(complaint({"run", set_.path() / "plan.json", "-o", set_.results()}), "levels deep")) << key;
  }
  std::filesystem::create_directories(set_.results());
  write_file_atomic(set_.results() / "plan.json", plan_of("variants"));
  EXPECT_TRUE(mentions(complaint({"run", "--resume", set_.results()}), "levels deep"));
  write_file_atomic(set_.path() / "recipe.json", deep);
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"--recipe", set_.path() / "recipe.json"})), "levels deep"));
  write_file_atomic(set_.results() / "report.json", plan_of("cells"));
  EXPECT_TRUE(mentions(complaint({"report", set_.results()}), "nested too deeply"));
}

TEST_F(BadInputTest, AResultFolderWithContent) {
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"-o", set_.images()})), "--resume"));
}

TEST_F(BadInputTest, AResultFolderThatCannotBeMade) {
  std::ofstream(set_.path() / "file") << "x";
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"-o", set_.path() / "file" / "sub"})), "file/sub"));
}

TEST_F(BadInputTest, AFullDisk) {
  std::filesystem::create_directories(set_.results());
  // A result folder whose log is as long as a file may become.
  write_file_atomic(set_.results() / "plan.json",
                    nlohmann::json{{"variants", {set_.model("fp32").string()}}, {"settings", {{"rounds", 10}}}}.dump());
  write_file_atomic(set_.results() / "cells.jsonl", std::string(1 << 20, 'x') + "\n");
  const ProgramResult result = run_program(
      "/bin/sh", {"-c", "ulimit -f 2048; exec \"$0\" -q run --resume \"$1\"", QBENCH_PROGRAM, set_.results().string()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "cells.jsonl")) << result.err;
}

TEST_F(BadInputTest, NamesOfAnyKindWork) {
  const std::filesystem::path odd = set_.images() / "0red" / "a b\n\"ü'.png";
  std::filesystem::copy(set_.images() / "0red" / "0.png", odd);
  const ProgramResult result = run_qbench(set_.run({"fp32"}, {"--no-latency"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(cell_of(read_report(set_.results()), "fp32").at("accuracy").at("correct"), 13);
}

TEST_F(BadInputTest, ACpuThatTheProcessMayNotUse) {
  auto command = set_.run({"fp32"});
  command.insert(command.end(), {"--pin", "4711"});
  EXPECT_TRUE(mentions(complaint(command), "'pin' is '4711'"));
}

}  // namespace
}  // namespace qbench::testing
