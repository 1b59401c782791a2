// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_runner.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstring>

#include "core/error.h"

namespace qbench::testing {
namespace {

std::unique_ptr<runners::Runner> prepared(const FakeScript& script, int batch = 1) {
  std::unique_ptr<runners::Runner> runner = fake_descriptor().make();
  runners::RunnerOptions options;
  options.batch = batch;
  const std::vector<std::byte> model = fake_model(script);
  runner->prepare(model, options);
  return runner;
}

std::size_t answer(runners::Runner& runner) {
  std::vector<float> scores(runner.outputs().front().element_count());
  runner.get_output(0, std::as_writable_bytes(std::span(scores)));
  return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

TEST(FakeRunnerTest, AnswersAsScripted) {
  const auto runner = prepared({.labels = {2, 0, 1}});
  for (const std::size_t expected : {2U, 0U, 1U, 2U}) {
    runner->invoke();
    EXPECT_EQ(answer(*runner), expected);
  }
}

TEST(FakeRunnerTest, TakesTheScriptedTimeForEachImage) {
  const auto runner = prepared({.latency_us = {2000}}, 3);
  const auto start = std::chrono::steady_clock::now();
  runner->invoke();
  EXPECT_GE(std::chrono::steady_clock::now() - start, std::chrono::microseconds(6000));
}

TEST(FakeRunnerTest, FailsAfterTheScriptedNumberOfInvokes) {
  const auto runner = prepared({.fault = "error", .good_invokes = 2});
  runner->invoke();
  runner->invoke();
  EXPECT_THROW(runner->invoke(), Error);
}

TEST(FakeRunnerTest, ALargerBatchThanScriptedIsUnsupported) {
  try {
    (void)prepared({.max_batch = 1}, 64);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  }
}

TEST(FakeRunnerTest, FaultsAtPrepareComeBeforeAnyInvoke) {
  EXPECT_THROW((void)prepared({.fault = "out_of_memory", .fault_at = "prepare"}), Error);
}

TEST(FakeRunnerDeathTest, CrashesBySignal) {
  const auto runner = prepared({.fault = "abort"});
  EXPECT_EXIT(runner->invoke(), ::testing::KilledBySignal(SIGABRT), "");
}

}  // namespace
}  // namespace qbench::testing
