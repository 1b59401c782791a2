// SPDX-License-Identifier: Apache-2.0
#include "core/json_file.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "core/files.h"
#include "core/scratch_folder.h"

namespace qbench {
namespace {

std::string arrays(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string message_of(std::string_view text) {
  try {
    (void)parse_json(text, "'plan.json'");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "accepted";
}

TEST(JsonFileTest, OrdinaryTextIsParsed) { EXPECT_EQ(parse_json(R"({"a": [1, "[[["]})", "x").at("a").at(0), 1); }

TEST(JsonFileTest, DepthIsLimitedAndNamed) {
  EXPECT_EQ(message_of(arrays(kMaxJsonDepth)), "accepted");
  EXPECT_EQ(message_of(arrays(131'000)), "'plan.json' is nested more than 128 levels deep");
  std::string objects;
  for (int i = 0; i < 131'000; ++i) objects += R"({"a":)";
  EXPECT_EQ(message_of(objects), "'plan.json' is nested more than 128 levels deep");
}

TEST(JsonFileTest, BracketsWithinTextAreNoDepth) {
  EXPECT_EQ(message_of("\"" + std::string(131'000, '[') + "\""), "accepted");
}

TEST(JsonFileTest, WhatIsNoJsonIsNamed) {
  EXPECT_NE(message_of("{").find("'plan.json' is not valid JSON: "), std::string::npos);
  EXPECT_NE(message_of("// words\n{}").find("not valid JSON"), std::string::npos);
}

TEST(JsonFileTest, CommentsAreAllowedWhereAsked) {
  EXPECT_TRUE(parse_json("// words\n{}", "x", JsonComments::kAllow).is_object());
}

TEST(JsonFileTest, TheQuietFormGivesNothing) {
  EXPECT_TRUE(try_parse_json("[]").has_value());
  EXPECT_FALSE(try_parse_json("[").has_value());
  EXPECT_FALSE(try_parse_json(arrays(131'000)).has_value());
}

TEST(JsonFileTest, AFileIsNamedByItsPath) {
  const ScratchFolder folder;
  write_file_atomic(folder.path() / "deep.json", arrays(200));
  EXPECT_THROW((void)read_json_file(folder.path() / "deep.json"), Error);
  EXPECT_THROW((void)read_json_file(folder.path() / "none.json"), Error);
  EXPECT_THROW((void)read_json_file(folder.path() / "deep.json", 10), Error);
}

}  // namespace
}  // namespace qbench
