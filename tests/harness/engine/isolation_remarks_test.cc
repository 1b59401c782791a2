// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/isolation_remarks.h"

#include <gmock/gmock.h>

namespace qbench::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class NotedProgress : public Progress {
 public:
  void begin(std::string_view, std::size_t) override {}
  void advance(std::size_t) override {}
  void end() override {}
  void note(std::string_view line) override { notes.emplace_back(line); }
  std::vector<std::string> notes;
};

Record record_with(std::vector<std::string> isolation, std::vector<std::string> refused) {
  Record record;
  for (const char* id : {"fp32", "int8"}) {
    CellRecord& cell = record.cells.emplace_back();
    cell.id = id;
    LaneRecord& lane = cell.lanes.emplace_back();
    lane.runner.isolation = isolation;
  }
  record.cells[1].lanes[0].runner.refused = std::move(refused);
  return record;
}

TEST(IsolationRemarksTest, WhatWasRefusedIsAWarningOfItsCell) {
  Record record = record_with({"landlock abi 7", "seccomp"}, {"open a socket"});
  record.cells[1].accuracy = AccuracyRecord();
  record.cells[1].accuracy->refused = {"open a socket", "start a program"};
  NotedProgress progress;
  remark_isolation(record, progress);
  EXPECT_THAT(record.cells[0].warnings, IsEmpty());
  EXPECT_THAT(record.cells[1].warnings, ElementsAre(HasSubstr("tried to open a socket, start a program; the sandbox")));
  EXPECT_THAT(progress.notes, ElementsAre(HasSubstr("int8: ")));
}

TEST(IsolationRemarksTest, WhatTheKernelLacksIsToldOnce) {
  Record record = record_with({"no_new_privs", "seccomp"}, {});
  NotedProgress progress;
  remark_isolation(record, progress);
  EXPECT_THAT(record.warnings, ElementsAre(HasSubstr("without landlock")));
}

TEST(IsolationRemarksTest, NothingIsSaidOfRecordsWithoutIsolation) {
  Record record = record_with({}, {});
  NotedProgress progress;
  remark_isolation(record, progress);
  EXPECT_THAT(record.warnings, IsEmpty());
  EXPECT_THAT(progress.notes, IsEmpty());
}

}  // namespace
}  // namespace qbench::engine
