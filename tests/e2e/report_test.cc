// SPDX-License-Identifier: Apache-2.0
// `qbench report`: reports written anew, and several boards as one.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

class ReportTest : public ::testing::Test {
 protected:
  void measure(const std::filesystem::path& folder) {
    const ProgramResult result = run_qbench(set_.run({"fp32", "int8"}, {"-o", folder, "--rounds", "10"}));
    ASSERT_EQ(result.exit_code, 0) << result.err;
  }
  static std::string complaint(const std::vector<std::string>& arguments) {
    const ProgramResult result = run_qbench(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    return result.err;
  }
  [[nodiscard]] std::filesystem::path at(const char* name) const { return set_.path() / name; }

  TinySet set_;
};

TEST_F(ReportTest, TwoRunsOfTheSameModelsAreBitExact) {
  measure(at("a"));
  measure(at("b"));
  const ProgramResult result = run_qbench({"report", "--board", at("a"), at("b"), "-o", at("both")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_NE(result.out.find("bit-exact on 12 images"), std::string::npos) << result.out;
  for (const char* file : {"boards.md", "boards.html", "boards.json"}) {
    EXPECT_TRUE(std::filesystem::exists(at("both") / file)) << file;
  }
  const auto boards = nlohmann::json::parse(read_text_file(at("both") / "boards.json"));
  EXPECT_EQ(boards.at("bit_checks").size(), 1U);  // int8 only
  EXPECT_TRUE(boards.at("bit_checks").at(0).at("identical").get<bool>());
}

TEST_F(ReportTest, StoredRunIsRenderedAnewAndItsRecordStays) {
  measure(at("a"));
  const std::string record = read_text_file(at("a") / "report.json");
  const std::string markdown = read_text_file(at("a") / "report.md");
  std::filesystem::remove(at("a") / "report.md");
  const ProgramResult result = run_qbench({"report", at("a")});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(read_text_file(at("a") / "report.md"), markdown);
  EXPECT_EQ(read_text_file(at("a") / "report.json"), record);
}

TEST_F(ReportTest, NonsenseIsRefusedInOneLine) {
  EXPECT_NE(complaint({"report", at("absent")}).find("absent"), std::string::npos);
  EXPECT_NE(complaint({"report"}).find("result folder"), std::string::npos);
  EXPECT_NE(complaint({"report", "--board", set_.images()}).find("two boards"), std::string::npos);
  EXPECT_NE(complaint({"report", "--board", set_.images(), at("absent")}).find("absent"), std::string::npos);
  EXPECT_NE(complaint({"report", "--board", set_.images(), set_.images() / "0red"}).find("report.json"),
            std::string::npos);
  const std::filesystem::path twice = set_.images() / ".." / "images";
  EXPECT_NE(complaint({"report", "--board", set_.images(), twice}).find("same result folder"), std::string::npos);
}

}  // namespace
}  // namespace qbench::testing
