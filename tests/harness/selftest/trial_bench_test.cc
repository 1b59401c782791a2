// SPDX-License-Identifier: Apache-2.0
#include "harness/selftest/trial_bench.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/files.h"
#include "tests/support/fake_runner.h"
#include "tests/support/paths.h"

namespace qbench::selftest {
namespace {

class TrialBenchTest : public ::testing::Test {
 protected:
  TrialBench bench(const testing::FakeScript& script) {
    engine::CellPlan cell;
    cell.runner = "fake";
    cell.model = folder_.path() / "model.fake";
    write_file_atomic(cell.model, testing::fake_model(script));
    engine::RunSettings settings;
    settings.rounds = 20;
    return {cell, settings, QBENCH_TEST_WORKER};
  }

  testing::TemporaryFolder folder_;
};

TEST_F(TrialBenchTest, TheSameWorkIsComparedInEveryRound) {
  const Trial trial = bench({.latency_us = {200}}).run(0.0, 1);
  EXPECT_EQ(trial.verdict.rounds, 20U);
  EXPECT_DOUBLE_EQ(trial.planted, 0.0);
  EXPECT_LT(std::abs(trial.verdict.estimate), 0.5);
  EXPECT_GT(trial.seconds, 0.0);
}

TEST_F(TrialBenchTest, PlantedWorkIsRealAndFound) {
  const Trial trial = bench({.latency_us = {200}}).run(1.0, 1);
  EXPECT_GT(trial.planted, std::log(1.3));
  EXPECT_LT(trial.planted, std::log(4.0));
  EXPECT_NEAR(trial.verdict.estimate, trial.planted, 0.3);
  EXPECT_TRUE(trial.verdict.excludes_zero);
}

TEST_F(TrialBenchTest, AModelThatCannotRunIsRefusedWithItsReason) {
  try {
    (void)bench({.fault = "error", .fault_at = "prepare"});
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("cannot be used for the self-test"), std::string::npos) << error.what();
  }
}

/// A worker that dies after so many invokes is refused with its reason, whatever was being done with it.
TEST_F(TrialBenchTest, AWorkerMayDieAtAnyStage) {
  for (const int good_invokes : {0, 1, 30, 161, 180}) {
    try {
      (void)bench({.latency_us = {20}, .fault = "abort", .good_invokes = good_invokes}).run(1.0, 1);
      ADD_FAILURE() << good_invokes << ": it lived";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find("crashed"), std::string::npos) << good_invokes << ": " << error.what();
    }
  }
}

}  // namespace
}  // namespace qbench::selftest
