// SPDX-License-Identifier: Apache-2.0
// A runtime library and a delegate that reach for what is not theirs: every attempt fails and has its name in the
// record, and the cell is measured all the same.
#include <gmock/gmock.h>

#include <fstream>

#include "core/sandbox/landlock.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/delegate_plan.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

class SandboxedRunTest : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "builds with AddressSanitizer have no filter";
#endif
    if (sandbox::landlock_abi(sandbox::kernel_calls()) == 0) GTEST_SKIP() << "this kernel has no Landlock";
    std::ofstream(victim_.path() / "secret.txt") << "secret";
  }

  [[nodiscard]] std::vector<std::string> environment() const {
    return {"QBENCH_TEST_VICTIM=" + victim_.path().string(), "QBENCHLESS_TEST_KEY=secret"};
  }

  /// A run over the stand-in runtime that misbehaves.
  ProgramResult run_hostile(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments{"--library", stand_in("fake_tflite_hostile").string(), "--batch", "1"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_qbench(set_.run({"fp32"}, arguments), environment());
  }

  void expect_nothing_happened() const {
    EXPECT_FALSE(std::filesystem::exists(victim_.path() / "written.txt"));
    EXPECT_FALSE(std::filesystem::exists(victim_.path() / "started.txt"));
  }

  void expect_all_named(const std::vector<std::string>& refused) const {
    for (const char* attempt : {"open a socket", "start a program", "start a process", "look into another process",
                                "signal another process"}) {
      EXPECT_THAT(refused, Contains(attempt));
    }
    EXPECT_THAT(refused, Contains("write '" + (victim_.path() / "written.txt").string() + "'"));
    EXPECT_THAT(refused, Contains("read '" + (victim_.path() / "secret.txt").string() + "'"));
    EXPECT_THAT(refused, Contains(StartsWith("read '/proc/")));
  }

  TinySet set_;
  TemporaryFolder victim_;
};

TEST_F(SandboxedRunTest, ALibraryThatReachesOutFailsAndIsNamed) {
  const ProgramResult result = run_hostile();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  expect_nothing_happened();
  const nlohmann::json report = read_report(set_.results());
  const nlohmann::json lane = lane_of(report, "fp32", 1);
  EXPECT_EQ(lane.at("outcome").at("status"), "ok");
  expect_all_named(lane.at("runner").at("refused"));
  expect_all_named(cell_of(report, "fp32").at("accuracy").at("refused"));
  EXPECT_THAT(cell_of(report, "fp32").at("warnings").dump(), HasSubstr("the sandbox refused it"));
}

TEST_F(SandboxedRunTest, TheRecordTellsWhatHolds) {
  const ProgramResult result = run_qbench(set_.run({"fp32"}, {"--no-accuracy", "--batch", "1"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = read_report(set_.results());
  const auto isolation = lane_of(report, "fp32", 1).at("runner").at("isolation").get<std::vector<std::string>>();
  EXPECT_THAT(isolation, Contains("no_new_privs"));
  EXPECT_THAT(isolation, Contains("seccomp"));
  EXPECT_THAT(isolation, Contains(StartsWith("landlock abi ")));
  EXPECT_THAT(lane_of(report, "fp32", 1).at("runner").at("refused").get<std::vector<std::string>>(), IsEmpty());
  EXPECT_THAT(report.at("warnings").dump(), Not(HasSubstr("isolation")));
}

TEST_F(SandboxedRunTest, ADelegateThatReachesOutFailsAndIsNamed) {
  const DelegatePlan plan;
  const ProgramResult result = plan.run({{"mode", "hostile"}}, environment());
  EXPECT_EQ(result.exit_code, 0) << result.err;
  expect_nothing_happened();
  expect_all_named(lane_of(read_report(plan.results()), "edge", 1).at("runner").at("refused"));
}

TEST_F(SandboxedRunTest, OffIsOffAndRecorded) {
  const ProgramResult result = run_hostile({"--sandbox", "off", "--no-accuracy"});
  EXPECT_EQ(result.exit_code, 1);
  const nlohmann::json outcome = lane_of(read_report(set_.results()), "fp32", 1).at("outcome");
  EXPECT_EQ(outcome.at("status"), "crashed");
  const std::string tail = outcome.at("stderr_tail").dump();
  EXPECT_THAT(tail, HasSubstr("managed to write a file"));
  EXPECT_THAT(tail, HasSubstr("managed to start a program"));
  EXPECT_THAT(tail, Not(HasSubstr("know a secret")));  // the environment is always a worker's own
}

TEST_F(SandboxedRunTest, FurtherFilesAreReadableWhenTold) {
  const ProgramResult result = run_hostile({"--worker-read", victim_.path().string(), "--no-accuracy"});
  EXPECT_EQ(result.exit_code, 1);
  const nlohmann::json outcome = lane_of(read_report(set_.results()), "fp32", 1).at("outcome");
  EXPECT_EQ(outcome.at("stderr_tail").dump().find("managed to write"), std::string::npos);
  EXPECT_THAT(outcome.at("stderr_tail").dump(), HasSubstr("managed to read the home folder"));
}

}  // namespace
}  // namespace qbench::testing
