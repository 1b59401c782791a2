// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace qbench::runners {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

void say(TfliteMessages& messages, const char* format, ...) {
  va_list arguments;
  va_start(arguments, format);
  TfliteMessages::report(&messages, format, arguments);
  va_end(arguments);
}

TEST(TfliteMessagesTest, JoinsMessagesInOneLine) {
  TfliteMessages messages;
  say(messages, "Node number %d (%s) failed.\nSecond line.\n", 3, "ADD");
  say(messages, "bye");
  EXPECT_EQ(messages.text(), "Node number 3 (ADD) failed. Second line; bye");
  messages.clear();
  EXPECT_EQ(messages.text(), "");
}

TEST(TfliteMessagesTest, AnEndlessComplaintIsCut) {
  TfliteMessages messages;
  for (int i = 0; i < 10000; ++i) say(messages, "%s", std::string(5000, 'x').c_str());
  EXPECT_THAT(messages.text(), SizeIs(::testing::Lt(TfliteMessages::kMaxMessages * 1100)));
}

TEST(TfliteMessagesTest, AnEdgeTpuModelNeedsItsDelegate) {
  const Error error = explain_failure(TfliteStage::kAllocate,
                                      "Encountered unresolved custom op: edgetpu-custom-op.\nSee instructions: x");
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("needs an Edge TPU delegate"));
}

TEST(TfliteMessagesTest, AnotherCustomOpIsNamed) {
  const Error error =
      explain_failure(TfliteStage::kAllocate, "Encountered unresolved custom op: TFLite_Detection_PostProcess.\nSee");
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("no custom op 'TFLite_Detection_PostProcess'"));
}

TEST(TfliteMessagesTest, AFlexOpNeedsItsDelegate) {
  const Error error =
      explain_failure(TfliteStage::kAllocate, "Select TensorFlow op(s), included in the given model, is");
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("needs the Flex delegate"));
}

TEST(TfliteMessagesTest, AnOpVersionOfTheFutureNeedsANewerRuntime) {
  const Error error = explain_failure(TfliteStage::kCreateInterpreter,
                                      "Didn't find op for builtin opcode 'CONV_2D' version '8'. An older version");
  EXPECT_EQ(error.code(), ErrorCode::kUnsupported);
  EXPECT_THAT(error.what(), HasSubstr("needs a newer runtime"));
  EXPECT_THAT(error.what(), HasSubstr("'CONV_2D' version '8'"));
}

TEST(TfliteMessagesTest, OtherFailuresAreTheModelsBeforeAndTheRuntimesAtInvoke) {
  EXPECT_EQ(explain_failure(TfliteStage::kCreateInterpreter, "bad").code(), ErrorCode::kModel);
  EXPECT_EQ(explain_failure(TfliteStage::kAllocate, "bad").code(), ErrorCode::kModel);
  EXPECT_EQ(explain_failure(TfliteStage::kInvoke, "bad").code(), ErrorCode::kRuntime);
  EXPECT_THAT(explain_failure(TfliteStage::kInvoke, "").what(), HasSubstr("gave no reason"));
}

TEST(TfliteMessagesTest, OnlyARefusedReshapeIsCalledAConstantReshape) {
  const std::string reason = "reshape.cc:85 num_input_elements != num_output_elements (64 != 1)";
  EXPECT_THAT(explain_batch_failure(reason + "; Node number 3 (RESHAPE) failed to prepare"),
              HasSubstr("a RESHAPE has a constant batch in its shape (reshape.cc:85 num_input"));
  EXPECT_EQ(explain_batch_failure("Node number 3 (ADD) failed to prepare"), "Node number 3 (ADD) failed to prepare");
}

}  // namespace
}  // namespace qbench::runners
