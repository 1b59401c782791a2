// SPDX-License-Identifier: Apache-2.0
// Delegate libraries that work, refuse, hang and abort, through the whole program: each is a result of its cell, and
// the other cells finish.
#include <gtest/gtest.h>

#include <csignal>

#include "tests/e2e/command_line.h"
#include "tests/e2e/delegate_plan.h"

namespace qbench::testing {
namespace {

class DelegateTest : public ::testing::Test {
 protected:
  /// Runs the compiled model over the stand-in in this mode, between two cells that must finish; the cell "edge".
  nlohmann::json run_mode(const std::string& mode, int expected_exit = 1) {
    const ProgramResult result = plan_.run({{"mode", mode}});
    EXPECT_EQ(result.exit_code, expected_exit) << result.err;
    report_ = read_report(plan_.results());
    for (const char* cell : {"before", "after"}) {
      EXPECT_EQ(lane_of(report_, cell, 1).at("outcome").at("status"), "ok") << cell;
      EXPECT_EQ(cell_of(report_, cell).at("accuracy").at("correct"), 12) << cell;
    }
    return lane_of(report_, "edge", 1);
  }

  [[nodiscard]] static std::string reason(const nlohmann::json& lane) { return lane.at("outcome").at("reason"); }
  [[nodiscard]] static std::string status(const nlohmann::json& lane) { return lane.at("outcome").at("status"); }
  [[nodiscard]] static bool has(const std::string& text, const char* part) {
    return text.find(part) != std::string::npos;
  }

  DelegatePlan plan_;
  nlohmann::json report_;
};

TEST_F(DelegateTest, AGoodDelegateGivesAnswersAndItsOwnCreationTime) {
  const nlohmann::json lane = run_mode("ok", 0);
  EXPECT_EQ(status(lane), "ok");
  EXPECT_EQ(lane.at("runner").at("kernels"), "delegate");
  EXPECT_GT(lane.at("runner").at("delegate_create_ms"), 0.0);
  EXPECT_LE(lane.at("runner").at("delegate_create_ms"), lane.at("load_ms"));
  EXPECT_EQ(cell_of(report_, "edge").at("accuracy").at("correct"), 12);
  EXPECT_EQ(cell_of(report_, "edge").at("accuracy").at("jobs"), 1);
}

TEST_F(DelegateTest, ABatchOnAPinnedModelIsMeasuredAsSingleInvokes) {
  (void)run_mode("ok", 0);
  const nlohmann::json single = lane_of(report_, "edge", 1);
  const nlohmann::json batch = lane_of(report_, "edge", 4);
  EXPECT_EQ(single.at("batching"), "native");
  EXPECT_EQ(batch.at("batching"), "singles");
  EXPECT_EQ(batch.at("inputs").at(0).at("shape").at(0), 1);
  // One invoke of the stand-in takes 500 us: four of them make one sample.
  for (const auto& block : batch.at("blocks")) {
    for (const auto& sample : block.at("samples_ns")) EXPECT_GE(sample, 4 * 500'000);
  }
}

TEST_F(DelegateTest, NoDelegateAndNoWordIsAnErrorWithTheLibrarysStderr) {
  const nlohmann::json lane = run_mode("null");
  EXPECT_EQ(status(lane), "error");
  EXPECT_EQ(lane.at("outcome").at("stage"), "load");
  EXPECT_TRUE(has(reason(lane), "made no delegate")) << reason(lane);
  EXPECT_TRUE(has(lane.at("outcome").at("stderr_tail").dump(), "verbosity 1"));
}

TEST_F(DelegateTest, AReasonOfTheLibraryIsKept) {
  const nlohmann::json lane = run_mode("error");
  EXPECT_EQ(status(lane), "error");
  EXPECT_TRUE(has(reason(lane), "no device of this kind")) << reason(lane);
}

TEST_F(DelegateTest, ASlowRefusalIsWaitedFor) {
  const nlohmann::json lane = run_mode("slow_null");
  EXPECT_EQ(status(lane), "error");
  EXPECT_TRUE(has(reason(lane), "made no delegate after")) << reason(lane);
}

TEST_F(DelegateTest, AHangEndsAtTheDeadline) {
  const nlohmann::json lane = run_mode("hang");
  EXPECT_EQ(status(lane), "timeout");
  EXPECT_EQ(lane.at("outcome").at("stage"), "load");
}

TEST_F(DelegateTest, AnAbortWhileMakingTheDelegateIsACrash) {
  const nlohmann::json lane = run_mode("abort_create");
  EXPECT_EQ(status(lane), "crashed");
  EXPECT_EQ(lane.at("outcome").at("signal"), SIGABRT);
}

TEST_F(DelegateTest, AFailingInvokeIsAnError) {
  const nlohmann::json lane = run_mode("fail_invoke");
  EXPECT_EQ(status(lane), "error");
  EXPECT_TRUE(has(reason(lane), "device is not ready")) << reason(lane);
}

TEST_F(DelegateTest, AnAbortingInvokeIsACrashWithTheLastWords) {
  const nlohmann::json lane = run_mode("abort_invoke");
  EXPECT_EQ(status(lane), "crashed");
  EXPECT_TRUE(has(lane.at("outcome").at("stderr_tail").dump(), "transfer failed"));
}

TEST_F(DelegateTest, ALibraryThatIsNotThereIsAnErrorThatNamesIt) {
  plan_.library = "libno_such_delegate.so";
  const nlohmann::json lane = run_mode("ok");
  EXPECT_EQ(status(lane), "error");
  EXPECT_TRUE(has(reason(lane), "libno_such_delegate.so")) << reason(lane);
}

TEST_F(DelegateTest, TheCompilersLogBesideTheModelIsKept) {
  write_file_atomic(
      plan_.path() / "edge.log",
      "Edge TPU Compiler version 16.0\nCONV_2D 7 Mapped to Edge TPU\nSOFTMAX 1 Operation not supported\n");
  (void)run_mode("ok", 0);
  const nlohmann::json compilation = cell_of(report_, "edge").at("model").at("compilation");
  EXPECT_EQ(compilation.at("mapped_ops"), 7);
  EXPECT_EQ(compilation.at("unmapped").at(0).at("op"), "SOFTMAX");
  EXPECT_TRUE(cell_of(report_, "before").at("model").at("compilation").is_null());
}

TEST_F(DelegateTest, ACompiledModelOfARealToolRunsToo) {
  const auto model = shared_data("data/models/lili_TPU_edgetpu.tflite");
  if (!model) GTEST_SKIP() << shared_data_missing("data/models/lili_TPU_edgetpu.tflite");
  const ProgramResult result = run_qbench({"-q", "run", "-m", *model, "-o", plan_.results(), "--rounds", "3",
                                           "--min-rounds", "1", "-b", "1,2", "--delegate", stand_in("fake_delegate")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = read_report(plan_.results());
  EXPECT_EQ(lane_of(report, "lili_TPU_edgetpu", 1).at("runner").at("kernels"), "delegate");
  EXPECT_EQ(lane_of(report, "lili_TPU_edgetpu", 2).at("batching"), "singles");
}

TEST_F(DelegateTest, ARealCompiledModelEndsInTheRightStatusInEveryMode) {
  const auto model = shared_data("data/models/lili_TPU_edgetpu.tflite");
  if (!model) GTEST_SKIP() << shared_data_missing("data/models/lili_TPU_edgetpu.tflite");
  plan_.edge_model = *model;
  plan_.dataset = "";
  nlohmann::json variants = nlohmann::json::array();
  const std::map<std::string, std::string> expected = {
      {"ok", "ok"},        {"null", "error"},           {"error", "error"},       {"slow_null", "error"},
      {"hang", "timeout"}, {"abort_create", "crashed"}, {"fail_invoke", "error"}, {"abort_invoke", "crashed"}};
  for (const auto& [mode, status] : expected) variants.push_back(plan_.edge(mode, {{"mode", mode}}));
  const ProgramResult result = plan_.run_variants(variants);
  EXPECT_EQ(result.exit_code, 1) << result.err;
  const nlohmann::json report = read_report(plan_.results());
  for (const auto& [mode, status] : expected) {
    EXPECT_EQ(lane_of(report, mode, 1).at("outcome").at("status"), status) << mode;
  }
}

}  // namespace
}  // namespace qbench::testing
