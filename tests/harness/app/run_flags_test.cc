// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_flags.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::app {
namespace {

/// The plan of a command line.
engine::Plan parsed(const std::string& arguments) {
  CLI::App command;
  RunFlags flags;
  command.add_option("config", flags.config);
  add_run_flags(command, flags);
  command.parse(arguments);
  return plan_from_flags(flags);
}

TEST(RunFlagsTest, AModelMayBeNamed) {
  const engine::Plan plan = parsed("--model base=/m/a.tflite --model /m/b.tflite");
  ASSERT_EQ(plan.cells.size(), 2U);
  EXPECT_EQ(plan.cells[0].variant, "base");
  EXPECT_EQ(plan.cells[0].model, "/m/a.tflite");
  EXPECT_EQ(plan.cells[1].variant, "b");
}

TEST(RunFlagsTest, AFileWithAnEqualsSignInItsNameIsNotSplit) {
  const testing::TemporaryFolder folder;
  const std::string file = (folder.path() / "x=y.tflite").string();
  write_file_atomic(file, "model");
  EXPECT_EQ(named_model(file).name, "");
  EXPECT_EQ(named_model(file).file, file);
}

TEST(RunFlagsTest, LabelOffsetMayBeZero) {
  EXPECT_EQ(parsed("--model /m/a.tflite --data /d --label-offset 0").dataset->label_offset, 0);
  EXPECT_FALSE(parsed("--model /m/a.tflite --data /d").dataset->label_offset);
  EXPECT_THROW((void)parsed("--model /m/a.tflite --data /d --label-offset -1"), CLI::ParseError);
}

TEST(RunFlagsTest, ListsOfRunnerOptionsMultiply) {
  const engine::Plan plan = parsed("--model /m/a.tflite --threads 1,2 --kernels xnnpack,builtin");
  ASSERT_EQ(plan.cells.size(), 4U);
  EXPECT_EQ(plan.cells[3].options.threads, 2);
  EXPECT_EQ(plan.cells[3].options.kernels, runners::Kernels::kBuiltin);
}

TEST(RunFlagsTest, TheCommandLineWinsOverTheConfig) {
  const testing::TemporaryFolder folder;
  const std::string config = (folder.path() / "plan.json").string();
  write_file_atomic(config, R"({"variants": ["a.tflite"], "batches": [1], "settings": {"rounds": 30, "seed": 9}})");
  const engine::Plan plan = parsed(config + " --rounds 40 --batch 2,8");
  EXPECT_EQ(plan.settings.rounds, 40);
  EXPECT_EQ(plan.settings.seed, 9U);
  EXPECT_EQ(plan.batches, (std::vector<int>{2, 8}));
}

TEST(RunFlagsTest, ABareLibraryNameIsLeftToTheLoader) {
  EXPECT_EQ(absolute_library("libtensorflowlite_c.so"), "libtensorflowlite_c.so");
  EXPECT_TRUE(absolute_library("./lib.so").starts_with('/'));
}

TEST(RunFlagsTest, APlanWithoutModelsIsRefused) {
  EXPECT_THROW(check_plan(parsed("--data /d")), Error);
  EXPECT_THROW(check_plan(parsed("--model /no/such.tflite")), Error);
}

TEST(RunFlagsTest, AnUnknownFormatIsRefusedBeforeAnythingRuns) {
  EXPECT_THROW((void)wanted_formats({.formats = {"jsom"}}), Error);
  EXPECT_EQ(wanted_formats({.formats = {"csv"}}), std::vector<std::string>{"csv"});
  EXPECT_GE(wanted_formats({}).size(), 6U);
}

}  // namespace
}  // namespace qbench::app
