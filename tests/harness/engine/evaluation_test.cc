// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/evaluation.h"

#include <gtest/gtest.h>

#include "tests/support/one_cpu.h"

namespace qbench::engine {
namespace {

TEST(EvaluationJobsTest, NoMoreThanTheMaskAllows) {
  testing::on_one_cpu([] { EXPECT_EQ(evaluation_jobs(RunSettings{}, CellPlan{}, 1000), 1); });
}

TEST(EvaluationJobsTest, WhatIsAskedForGoesBeyondTheMask) {
  testing::on_one_cpu([] { EXPECT_EQ(evaluation_jobs(RunSettings{.jobs = 3}, CellPlan{}, 1000), 3); });
}

TEST(EvaluationJobsTest, NoMoreThanImages) { EXPECT_EQ(evaluation_jobs(RunSettings{.jobs = 3}, CellPlan{}, 2), 2); }

}  // namespace
}  // namespace qbench::engine
