// SPDX-License-Identifier: Apache-2.0
#include "core/json_text.h"

#include <gtest/gtest.h>

#include "tests/support/raw_bytes.h"

namespace qbench {
namespace {

TEST(JsonTextTest, HarmfulCharactersAreEscapedAndComeBack) {
  const nlohmann::json json = {{"a\x1b\x7f", "\xC2\x9B\xE2\x80\xAE\xF3\xA0\x81\x81 \xE5\x9C\x86\n"}};
  for (const int indent : {-1, 2}) {
    const std::string text = json_text(json, indent);
    EXPECT_EQ(testing::raw_bytes_in(text, {.lines = true}), "") << text;
    EXPECT_EQ(nlohmann::json::parse(text), json);
  }
  EXPECT_EQ(json_text(nlohmann::json("\xF3\xA0\x81\x81")), "\"\\udb40\\udc41\"");
}

TEST(JsonTextTest, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(json_text(nlohmann::json("a\x9B")), "\"a\xEF\xBF\xBD\"");
}

TEST(JsonTextTest, IndentsAndKeepsTheOrderOfKeys) {
  const nlohmann::ordered_json json = {{"b", 1}, {"a", {1, 2}}};
  EXPECT_EQ(json_text(json), "{\"b\":1,\"a\":[1,2]}");
  EXPECT_EQ(json_text(json, 1), "{\n \"b\": 1,\n \"a\": [\n  1,\n  2\n ]\n}");
}

}  // namespace
}  // namespace qbench
