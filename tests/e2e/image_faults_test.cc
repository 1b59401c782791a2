// SPDX-License-Identifier: Apache-2.0
// Images that are not what they should be, and what many cells need.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

std::string warnings_of(const nlohmann::json& report) {
  std::string all;
  for (const nlohmann::json& line : report.at("warnings")) all += line.get<std::string>() + "\n";
  return all;
}

TEST(ImageFaultsTest, CopiesAreNamedAndThoseUnderAnotherLabelApart) {
  const TinySet set;
  namespace fs = std::filesystem;
  fs::copy_file(set.images() / "0red/1.png", set.images() / "0red/copy.png");
  fs::copy_file(set.images() / "1green/2.png", set.images() / "2blue/wrong.png");
  const ProgramResult result = run_qbench(set.run({"fp32"}));
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const nlohmann::json report = read_report(set.results());
  const std::string warnings = warnings_of(report);
  EXPECT_TRUE(mentions(warnings, "2 of 14 images are copies of others ('0red/copy.png' of '0red/1.png')")) << warnings;
  EXPECT_TRUE(mentions(warnings,
                       "1 of the copies are in another class than their original ('2blue/wrong.png' of "
                       "'1green/2.png')"))
      << warnings;
  EXPECT_EQ(cell_of(report, "fp32").at("accuracy").at("images"), 14) << "they are told, not left out";
}

TEST(ImageFaultsTest, ASetWithoutCopiesIsNotDoubted) {
  const TinySet set;
  EXPECT_EQ(run_qbench(set.run({"fp32"})).exit_code, 0);
  EXPECT_FALSE(mentions(warnings_of(read_report(set.results())), "copies"));
}

class ManyCellsTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string command(std::size_t cells, const std::string& limit) const {
    std::vector<std::string> models;
    for (std::size_t i = 0; i < cells; ++i) {
      models.push_back(fmt::format("m{}", i));
      std::filesystem::copy_file(set_.model("fp32"), set_.model(models.back()));
    }
    std::string line = limit + "; exec " QBENCH_PROGRAM;
    for (const std::string& argument : set_.run(models, {"--min-rounds", "2", "--rounds", "2", "--batch", "1"}))
      line += " '" + argument + "'";
    return line;
  }
  TinySet set_;
};

TEST_F(ManyCellsTest, MoreThanThereMayBeOpenFilesAreOneLineAtTheStart) {
  const ProgramResult result = run_program("/bin/sh", {"-c", command(40, "ulimit -n 100")});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "40 cells take turns and need 128 open files, this process may have 100"))
      << result.err;
}

TEST_F(ManyCellsTest, ALimitThatMayBeRaisedIsRaised) {
  const ProgramResult result = run_program("/bin/sh", {"-c", command(12, "ulimit -Sn 40")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
}

}  // namespace
}  // namespace qbench::testing
