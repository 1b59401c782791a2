// SPDX-License-Identifier: Apache-2.0
#include "models/edgetpu_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;

constexpr char kLog[] =
    "Edge TPU Compiler version 15.0.340273435\n"
    "Input: net.tflite\n"
    "Output: net_edgetpu.tflite\n"
    "\n"
    "Operator                       Count      Status\n"
    "\n"
    "CONV_2D                        35         Mapped to Edge TPU\r\n"
    "QUANTIZE                       1          Mapped to Edge TPU\n"
    "QUANTIZE                       2          Operation is otherwise supported, but not mapped due to some "
    "unspecified limitation\n"
    "RESIZE_BILINEAR                1          More than one subgraph is not supported\n";

TEST(EdgetpuLogTest, CountsMappedOpsAndNamesTheOthers) {
  const auto record = parse_edgetpu_log(kLog);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->version, "Edge TPU Compiler version 15.0.340273435");
  EXPECT_EQ(record->mapped_ops, 36);
  EXPECT_EQ(record->cpu_ops, 3);
  EXPECT_THAT(record->unmapped,
              ElementsAre(UnmappedOps{"QUANTIZE", 2,
                                      "Operation is otherwise supported, but not mapped due to some unspecified "
                                      "limitation"},
                          UnmappedOps{"RESIZE_BILINEAR", 1, "More than one subgraph is not supported"}));
}

TEST(EdgetpuLogTest, TextWithoutSuchATableIsNoLog) {
  for (const char* text : {"", "\n\n", "Operator Count Status\n", "CONV_2D many Mapped to Edge TPU\n", "CONV_2D 3\n",
                           "epoch 3 accuracy 0.5\n", "CONV_2D -1 Mapped to Edge TPU\n",
                           "CONV_2D 99999999999999999999 Mapped to Edge TPU\n", "Edge TPU Compiler version 16"}) {
    EXPECT_EQ(parse_edgetpu_log(text), std::nullopt) << text;
  }
}

TEST(EdgetpuLogTest, CountsCannotOverflow) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "CONV_2D 1000000 Mapped to Edge TPU\n";
  EXPECT_EQ(parse_edgetpu_log(text)->mapped_ops, 1'000'000);
}

TEST(EdgetpuLogTest, FileIsFoundUnderBothNamesBesideTheModel) {
  const qbench::testing::TemporaryFolder folder;
  const auto model = folder.path() / "net.tflite";
  EXPECT_EQ(read_edgetpu_log(model), std::nullopt);
  write_file_atomic(folder.path() / "net_edgetpu.log", kLog);
  EXPECT_EQ(read_edgetpu_log(model)->file, (folder.path() / "net_edgetpu.log").string());
  EXPECT_EQ(read_edgetpu_log(folder.path() / "net_edgetpu.tflite")->cpu_ops, 3);
}

TEST(EdgetpuLogTest, ForeignOrHugeLogIsPassedOver) {
  const qbench::testing::TemporaryFolder folder;
  write_file_atomic(folder.path() / "net.log", "training took 3 hours\n");
  write_file_atomic(folder.path() / "net_edgetpu.log", kLog);
  EXPECT_EQ(read_edgetpu_log(folder.path() / "net.tflite")->mapped_ops, 36);
  write_file_atomic(folder.path() / "net_edgetpu.log", kLog + std::string(2U << 20, ' '));
  EXPECT_EQ(read_edgetpu_log(folder.path() / "net.tflite"), std::nullopt);
}

}  // namespace
}  // namespace qbench::models
