// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/binding.h"

#include <gtest/gtest.h>

#include <csignal>

#include "harness/engine/cell_state.h"
#include "harness/engine/file_watch.h"

namespace qbench::engine {
namespace {

TEST(BindingTest, TheSamePartsAgree) {
  EXPECT_EQ(binding_difference({{"model", "a"}, {"board", "b"}}, {{"model", "a"}, {"board", "b"}}), "");
}

TEST(BindingTest, EveryPartThatDiffersIsNamedWithBothValues) {
  EXPECT_EQ(binding_difference({{"model", "a"}, {"board", "b"}, {"delegate", "d"}}, {{"model", "x"}, {"board", "b"}}),
            "model: was a, is x; delegate: was d, is nothing");
  EXPECT_EQ(binding_difference({{"model", "a"}}, {{"model", "a"}, {"cpu", "1"}}), "cpu: was nothing, is 1");
}

TEST(BindingTest, LongValuesAreShortened) {
  const std::string line = binding_difference({{"recipe", std::string(500, 'a')}}, {{"recipe", "b"}});
  EXPECT_LT(line.size(), 100U);
}

TEST(BindingTest, APieceWithoutABindingStandsForNothing) { EXPECT_NE(binding_difference({}, {{"model", "a"}}), ""); }

Outcome failed(Status status, std::string reason, int signal = 0) {
  return {.status = status, .reason = std::move(reason), .stage = "block", .signal = signal};
}

TEST(CanPassTest, WhatComesFromOutsideCanPass) {
  EXPECT_TRUE(can_pass(failed(Status::kCancelled, "interrupted")));
  EXPECT_TRUE(can_pass(failed(Status::kCrashed, "signal 9", SIGKILL)));
  EXPECT_TRUE(can_pass(failed(Status::kCrashed, "signal 15", SIGTERM)));
  EXPECT_TRUE(can_pass(failed(Status::kOom, "killed by the kernel for lack of memory", SIGKILL)));
  EXPECT_TRUE(can_pass(failed(Status::kError, "writing the scores failed: No space left on device")));
  EXPECT_TRUE(can_pass(failed(Status::kError, "the model file 'm' " + std::string(kChangedDuringRun))));
}

TEST(CanPassTest, ResultsStay) {
  EXPECT_FALSE(can_pass(Outcome()));
  EXPECT_FALSE(can_pass(failed(Status::kCrashed, "signal 11", SIGSEGV)));
  EXPECT_FALSE(can_pass(failed(Status::kTimeout, "no answer within 60 s", SIGKILL)));
  EXPECT_FALSE(can_pass(failed(Status::kOom, "memory limit reached")));
  EXPECT_FALSE(can_pass(failed(Status::kUnsupported, "no kernel")));
  EXPECT_FALSE(can_pass(failed(Status::kError, "the model is damaged")));
}

TEST(CanPassTest, AnAcceleratorThatWasAwayMayBeBack) {
  LaneRecord lane;
  lane.outcome = failed(Status::kCrashed, "accelerator lost");
  EXPECT_FALSE(can_pass(lane));
  lane.accelerator.emplace();
  lane.accelerator->lost = true;
  EXPECT_TRUE(can_pass(lane));
}

}  // namespace
}  // namespace qbench::engine
