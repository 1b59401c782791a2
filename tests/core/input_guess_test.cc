// SPDX-License-Identifier: Apache-2.0
#include "core/input_guess.h"

#include <gtest/gtest.h>

namespace qbench {
namespace {

TEST(InputGuessTest, TellsWhatShapesAndTypesSuggest) {
  EXPECT_EQ(guess_of_input({1, 16000}, "float32"), "audio samples");
  EXPECT_EQ(guess_of_input({15600}, "float32"), "audio samples");
  EXPECT_EQ(guess_of_input({1, 256}, "int32"), "token numbers of a text");
  EXPECT_EQ(guess_of_input({1}, "string"), "text");
  EXPECT_EQ(guess_of_input({1, 4}, "float32"), "a row of plain numbers");
}

TEST(InputGuessTest, HasNoIdeaOfRankFour) {
  EXPECT_EQ(guess_of_input({1, 96, 96, 5}, "uint8"), "");
  EXPECT_EQ(looks_like({1, 96, 96, 5}, "uint8"), "");
}

}  // namespace
}  // namespace qbench
