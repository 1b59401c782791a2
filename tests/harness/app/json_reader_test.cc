// SPDX-License-Identifier: Apache-2.0
#include "harness/app/json_reader.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace qbench::app {
namespace {

using nlohmann::json;

template <typename Action>
std::string message_of(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "";
}

TEST(JsonReaderTest, UnknownKeysNameTheNearestAndThePlace) {
  const json object = {{"modle", "x"}};
  EXPECT_EQ(message_of([&] {
              JsonReader(object, "'a.json'", {"model", "name"});
            }),
            "'a.json': unknown key 'modle'; did you mean 'model'?");
}

TEST(JsonReaderTest, OnlyObjectsAreRead) {
  EXPECT_NE(message_of([] { JsonReader(json::array(), "x", {}); }).find("must be a JSON object"), std::string::npos);
}

TEST(JsonReaderTest, WrongTypesAreNamed) {
  const json object = {{"a", 1}, {"b", "text"}};
  const JsonReader reader(object, "x", {"a", "b"});
  EXPECT_EQ(message_of([&] { (void)reader.text("a"); }), "x: 'a' must be a string, not 1");
  EXPECT_EQ(message_of([&] { (void)reader.whole("b", 0, 0, 9); }), "x: 'b' must be a whole number, not \"text\"");
}

TEST(JsonReaderTest, NumbersOutOfRangeAreNamed) {
  const json object = {{"a", 10}};
  const JsonReader reader(object, "x", {"a"});
  EXPECT_EQ(message_of([&] { (void)reader.whole("a", 0, 0, 9); }), "x: 'a' is 10; it must be between 0 and 9");
}

TEST(JsonReaderTest, ASingleValueStandsForAListOfOne) {
  const json object = {{"one", 4}, {"many", {1, 2}}, {"none", json::array()}};
  const JsonReader reader(object, "x", {"one", "many", "none"});
  EXPECT_EQ(reader.wholes("one", {9}, 0, 9), std::vector<int>{4});
  EXPECT_EQ(reader.wholes("many", {9}, 0, 9), (std::vector<int>{1, 2}));
  EXPECT_EQ(reader.wholes("absent", {9}, 0, 9), std::vector<int>{9});
  EXPECT_NE(message_of([&] { (void)reader.wholes("none", {9}, 0, 9); }).find("empty list"), std::string::npos);
}

TEST(JsonReaderTest, AMissingRequiredTextIsNamed) {
  const json object = json::object();
  const JsonReader reader(object, "x", {"model"});
  EXPECT_EQ(message_of([&] { (void)reader.required_text("model"); }), "x: 'model' is missing");
}

}  // namespace
}  // namespace qbench::app
