// SPDX-License-Identifier: Apache-2.0
// Runtimes that crash, hang and eat memory: each is a result of its cell, and the other cells finish.
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

/// Runs a good cell, one over the stand-in runtime `flavour`, and another good cell.
nlohmann::json run_with(const TinySet& set, const std::string& flavour, int expected_exit = 1) {
  const auto variant = [&set](const char* name, const std::string& library) {
    return nlohmann::json{{"name", name},
                          {"model", set.model("fp32").string()},
                          {"runners", {{{"library", stand_in("fake_tflite_" + library).string()}}}}};
  };
  const nlohmann::json plan = {
      {"variants", {variant("before", "ok"), variant("bad", flavour), variant("after", "ok")}},
      {"batches", {1}},
      {"dataset", set.images().string()},
      {"recipe", "raw255"},
      {"settings",
       {{"rounds", 10}, {"load_timeout_s", 4}, {"request_timeout_s", 4}, {"memory_limit_mb", 128}, {"jobs", 2}}}};
  write_file_atomic(set.path() / "plan.json", plan.dump());
  const ProgramResult result = run_qbench({"-q", "run", set.path() / "plan.json", "-o", set.results()});
  EXPECT_EQ(result.exit_code, expected_exit) << result.err;
  nlohmann::json report = read_report(set.results());
  for (const char* cell : {"before", "after"}) {
    EXPECT_EQ(lane_of(report, cell, 1).at("outcome").at("status"), "ok") << cell;
    EXPECT_EQ(cell_of(report, cell).at("accuracy").at("correct"), 12) << cell;
  }
  return report;
}

std::string status_with(const std::string& flavour, int expected_exit = 1) {
  const TinySet set;
  return lane_of(run_with(set, flavour, expected_exit), "bad", 1).at("outcome").at("status");
}

TEST(FaultsTest, ACrash) {
  const TinySet set;
  const auto outcome = lane_of(run_with(set, "crash_invoke"), "bad", 1).at("outcome");
  EXPECT_EQ(outcome.at("status"), "crashed");
  EXPECT_EQ(outcome.at("stage"), "first invoke");
  if (!kSanitized) {
    EXPECT_EQ(outcome.at("signal"), 11);
  }
}

TEST(FaultsTest, ACrashWhileLoading) { EXPECT_EQ(status_with("crash_load"), "crashed"); }
TEST(FaultsTest, AnAbort) { EXPECT_EQ(status_with("abort_invoke"), "crashed"); }
TEST(FaultsTest, AHang) { EXPECT_EQ(status_with("hang_invoke"), "timeout"); }
TEST(FaultsTest, AnErrorAtInvoke) { EXPECT_EQ(status_with("fail_invoke"), "error"); }
TEST(FaultsTest, AModelThatTheLibraryRefuses) { EXPECT_EQ(status_with("fail_load"), "error"); }
TEST(FaultsTest, AnExceptionThroughTheCInterface) { EXPECT_EQ(status_with("throw_bad_alloc"), "oom"); }
TEST(FaultsTest, ANullOutput) { EXPECT_EQ(status_with("null_output"), "error"); }

TEST(FaultsTest, AllocationWithoutEnd) {
  if (kSanitized) GTEST_SKIP() << "memory limits cannot be set under AddressSanitizer";
  EXPECT_EQ(status_with("alloc_forever"), "oom");
}

TEST(FaultsTest, AnAcceleratedPathThatRefusesFallsBackVisibly) {
  const TinySet set;
  const auto lane = lane_of(run_with(set, "xnnpack_refuses", 0), "bad", 1);
  EXPECT_EQ(lane.at("outcome").at("status"), "ok");
  EXPECT_EQ(lane.at("runner").at("kernels"), "builtin");
  EXPECT_FALSE(lane.at("runner").at("notes").empty());
}

}  // namespace
}  // namespace qbench::testing
