// SPDX-License-Identifier: Apache-2.0
// Two sides in one run: builds, model sets and runtime libraries.
#include <gtest/gtest.h>

#include <fstream>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

using Path = std::filesystem::path;

/// A live comparison into results(), quick settings first so that later arguments win.
std::vector<std::string> live(const TinySet& set, const std::vector<std::string>& more) {
  std::vector<std::string> arguments{"-q",       "compare", "--live",           "-o", set.results(), "--batch", "1",
                                     "--rounds", "12",      "--restart-rounds", "6",  "--recipe",    "raw255"};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

TEST(CompareLiveTest, TwoBuildsRunSideBySideAndAreNamedInTheRecord) {
  const TinySet set;
  const Path program = QBENCH_PROGRAM;
  const ProgramResult result = run_qbench(live(set, {"--model", set.model("fp32"), "--data", set.images(), "--again",
                                                     "--binary-a", program, "--binary-b", program.parent_path()}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = read_report(set.results());
  ASSERT_EQ(report.at("cells").size(), 3U);
  const nlohmann::json candidate = cell_of(report, "fp32-candidate");
  EXPECT_EQ(candidate.at("baseline"), "fp32-reference");
  EXPECT_EQ(cell_of(report, "fp32-again").at("side"), "again");
  EXPECT_EQ(candidate.at("accuracy").at("prediction_sha256"),
            cell_of(report, "fp32-reference").at("accuracy").at("prediction_sha256"));
  ASSERT_EQ(report.at("workers").size(), 2U);  // this build's own, and the one that both sides name
  EXPECT_EQ(report.at("workers").at(1).at("path"), candidate.at("worker"));
  EXPECT_EQ(report.at("workers").at(0).at("sha256"), report.at("workers").at(1).at("sha256"));
  EXPECT_FALSE(report.at("workers").at(1).at("version").get<std::string>().empty());
}

TEST(CompareLiveTest, ASlowerLibraryIsFound) {
  const TinySet set;
  const ProgramResult result =
      run_qbench(live(set, {"--model", set.model("fp32"), "--library-a", stand_in("fake_tflite_ok"), "--library-b",
                            stand_in("fake_tflite_slow")}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("SLOWER"), std::string::npos) << result.out;
}

TEST(CompareLiveTest, TwoModelSetsArePaired) {
  const TinySet set;
  const ProgramResult result =
      run_qbench(live(set, {"--model-a", "m=" + set.model("fp32").string(), "--model-b",
                            "m=" + set.model("int8").string(), "--data", set.images(), "--no-latency"}));
  ASSERT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = read_report(set.results());
  EXPECT_EQ(cell_of(report, "m-reference").at("model").at("precision"), "fp32");
  EXPECT_EQ(cell_of(report, "m-candidate").at("model").at("precision"), "int8");
}

TEST(CompareLiveTest, IsResumedWithItsSides) {
  const TinySet set;
  const std::vector<std::string> sides{"--model-a", "m=" + set.model("fp32").string(), "--model-b",
                                       "m=" + set.model("int8").string()};
  ASSERT_EQ(run_qbench(live(set, sides)).exit_code, 0);
  const nlohmann::json before = read_report(set.results());
  const ProgramResult resumed = run_qbench({"-q", "compare", "--live", "--resume", set.results()});
  ASSERT_EQ(resumed.exit_code, 0) << resumed.err;
  const nlohmann::json after = read_report(set.results());
  EXPECT_EQ(after.at("cells"), before.at("cells"));
  EXPECT_EQ(run_qbench({"-q", "compare", "--live", "--resume", set.results(), "--again"}).exit_code, 2);
}

TEST(CompareLiveTest, ABuildWithoutAWorkerIsOneClearLine) {
  const TinySet set;
  const ProgramResult missing =
      run_qbench(live(set, {"--model", set.model("fp32"), "--binary-b", set.path() / "images"}));
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_NE(missing.err.find("qbench-worker"), std::string::npos) << missing.err;
  EXPECT_EQ(std::count(missing.err.begin(), missing.err.end(), '\n'), 1) << missing.err;
  EXPECT_FALSE(std::filesystem::exists(set.results()));
}

TEST(CompareLiveTest, AProgramThatIsNoWorkerIsOneClearLine) {
  const TinySet set;
  const Path fake = set.path() / "qbench-worker";
  std::ofstream(fake) << "#!/bin/sh\necho hello; exit 0\n";
  std::filesystem::permissions(fake, std::filesystem::perms::owner_all);
  const ProgramResult result = run_qbench(live(set, {"--model", set.model("fp32"), "--binary-b", set.path()}));
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.err.find("is no qbench-worker"), std::string::npos) << result.err;
}

TEST(CompareLiveTest, HelpShowsAnExample) {
  EXPECT_NE(run_qbench({"compare", "--help"}).out.find("qbench compare --live"), std::string::npos);
}

}  // namespace
}  // namespace qbench::testing
