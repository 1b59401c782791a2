// SPDX-License-Identifier: Apache-2.0
// Standard streams that are closed, or whose reader goes away.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

class StandardStreamsTest : public ::testing::Test {
 protected:
  /// `run` over two models with what a shell makes of `redirections`; its exit code, which a file keeps.
  std::string exit_code_of_run(const std::string& redirections, const std::vector<std::string>& more = {}) {
    std::string command = QBENCH_PROGRAM;
    std::vector<std::string> arguments = set_.run({"fp32", "int8"}, more);
    arguments.erase(arguments.begin());  // "-q": there is to be progress
    for (const std::string& argument : arguments) command += " '" + argument + "'";
    const std::filesystem::path code = set_.path() / "code";
    (void)run_program("/bin/sh", {"-c", "{ " + command + "; echo $? >" + code.string() + "; }" + redirections});
    return read_text_file(code);
  }

  void expect_whole_results() {
    const nlohmann::json report = read_report(set_.results());
    EXPECT_FALSE(report.at("partial").get<bool>());
    EXPECT_EQ(cell_of(report, "int8").at("accuracy").at("correct"), 12);
    for (const auto& entry : std::filesystem::directory_iterator(set_.results())) {
      if (!entry.is_regular_file()) continue;
      EXPECT_EQ(read_text_file(entry.path()).find("loading models"), std::string::npos) << entry.path();
    }
    const std::string log = read_text_file(set_.results() / "cells.jsonl");
    for (std::size_t at = 0; at < log.size(); at = log.find('\n', at) + 1) EXPECT_EQ(log[at], '{');
  }

  TinySet set_;
};

TEST_F(StandardStreamsTest, WithAllOfThemClosedTheResultsHoldNothingElse) {
  EXPECT_EQ(exit_code_of_run(" <&- >&- 2>&-"), "2\n");  // the table could not be printed
  expect_whole_results();
}

TEST_F(StandardStreamsTest, AReaderThatGoesAwayLosesNothing) {
  EXPECT_EQ(exit_code_of_run(" 2>&1 | true"), "0\n");
  expect_whole_results();
}

TEST_F(StandardStreamsTest, TheExitCodeStaysThatOfTheRun) {
  EXPECT_EQ(exit_code_of_run(" | head -1", {"--gate", "size<=-99%"}), "3\n");
  expect_whole_results();
}

TEST_F(StandardStreamsTest, AFullDiskIsStillAnError) {
  const ProgramResult result = run_program("/bin/sh", {"-c", std::string(QBENCH_PROGRAM) + " list >/dev/full"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "No space left on device")) << result.err;
}

}  // namespace
}  // namespace qbench::testing
