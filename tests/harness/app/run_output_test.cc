// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_output.h"

#include <gtest/gtest.h>

namespace qbench::app {
namespace {

Record record_with(Status status, int batch = 1) {
  Record record;
  CellRecord cell;
  LaneRecord lane;
  lane.batch = batch;
  lane.outcome.status = status;
  cell.lanes.push_back(lane);
  record.cells.push_back(cell);
  return record;
}

TEST(RunOutputTest, AFailedCellIsExitCodeOneAndAnUnsupportedOneIsNot) {
  EXPECT_EQ(run_exit_code(record_with(Status::kOk)), 0);
  EXPECT_EQ(run_exit_code(record_with(Status::kUnsupported)), 0);
  for (Status status : {Status::kCrashed, Status::kTimeout, Status::kOom, Status::kError, Status::kCancelled}) {
    EXPECT_EQ(run_exit_code(record_with(status)), 1) << status_name(status);
  }
}

TEST(RunOutputTest, AnInterruptedRunIsExitCodeOne) {
  Record record = record_with(Status::kOk);
  record.partial = true;
  EXPECT_EQ(run_exit_code(record), 1);
}

TEST(RunOutputTest, AMissedGateIsExitCodeThreeUnlessACellFailed) {
  reports::CheckedGate gate;
  gate.result.outcome = metrics::GateOutcome::kMiss;
  EXPECT_EQ(run_exit_code(record_with(Status::kOk), {gate}), 3);
  EXPECT_EQ(run_exit_code(record_with(Status::kCrashed), {gate}), 1);
  gate.again = metrics::GateResult{.outcome = metrics::GateOutcome::kPass};
  EXPECT_EQ(run_exit_code(record_with(Status::kOk), {gate}), 0);
  gate.result.outcome = metrics::GateOutcome::kCannotTell;
  EXPECT_EQ(run_exit_code(record_with(Status::kOk), {gate}), 0);
}

}  // namespace
}  // namespace qbench::app
