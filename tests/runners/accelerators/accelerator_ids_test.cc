// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/accelerator_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/recorded_tree.h"

namespace qbench::runners {
namespace {

using qbench::testing::RecordedTree;
using ::testing::HasSubstr;

TEST(AcceleratorIdsTest, CoralHasOneIdentityBeforeAndOneAfterItsFirmware) {
  const auto ids = known_accelerator_ids();
  const AcceleratorId* before = find_id(ids, 0x1a6e, 0x089a);
  const AcceleratorId* after = find_id(ids, 0x18d1, 0x9302);
  ASSERT_NE(before, nullptr);
  ASSERT_NE(after, nullptr);
  EXPECT_FALSE(before->ready);
  EXPECT_TRUE(after->ready);
  EXPECT_EQ(before->family, "coral");
  EXPECT_EQ(after->expected_mbps, 5000);
  EXPECT_EQ(find_id(ids, 0x1d6b, 0x0002), nullptr);
}

TEST(AcceleratorIdsTest, UnbootedMyriadIsNotBlamedForItsSpeed) {
  EXPECT_EQ(find_id(known_accelerator_ids(), 0x03e7, 0x2485)->expected_mbps, 0);
  EXPECT_EQ(find_id(known_accelerator_ids(), 0x03e7, 0xf63b)->expected_mbps, 5000);
}

TEST(AcceleratorIdsTest, UsersTableAddsAndReplaces) {
  RecordedTree tree;
  tree.file("ids.json", R"([{"vendor": "0x1234", "product": "00ff", "family": "own", "name": "Own Stick"},
                            {"vendor": "18d1", "product": "9302", "family": "coral", "name": "Renamed", "ready": false,
                             "expected_mbps": 480}])");
  const auto ids = accelerator_ids(tree.root() / "ids.json");
  EXPECT_EQ(ids.size(), known_accelerator_ids().size() + 1);
  EXPECT_EQ(*find_id(ids, 0x1234, 0x00ff),
            (AcceleratorId{.vendor = 0x1234, .product = 0x00ff, .family = "own", .name = "Own Stick"}));
  EXPECT_EQ(find_id(ids, 0x18d1, 0x9302)->name, "Renamed");
  EXPECT_FALSE(find_id(ids, 0x18d1, 0x9302)->ready);
}

TEST(AcceleratorIdsTest, BadTableIsRefusedWithTheEntry) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"{}", "JSON array"},
      {"not json", "JSON array"},
      {"[3]", "entry 1: must be an object"},
      {R"([{"vendor": "12345", "product": "1", "family": "f", "name": "n"}])", "'vendor'"},
      {R"([{"vendor": 4660, "product": "1", "family": "f", "name": "n"}])", "'vendor'"},
      {R"([{"vendor": "1", "product": "1", "family": "", "name": "n"}])", "'family'"},
      {R"([{"vendor": "1", "product": "1", "family": "f"}])", "'name'"},
      {R"([{"vendor": "1", "product": "1", "family": "f", "name": "n", "redy": true}])", "did you mean 'ready'"},
      {R"([{"vendor": "1", "product": "1", "family": "f", "name": "n", "ready": 1}])", "'ready'"},
      {R"([{"vendor": "1", "product": "1", "family": "f", "name": "n", "expected_mbps": -5}])", "'expected_mbps'"},
  };
  RecordedTree tree;
  for (const auto& [text, message] : cases) {
    tree.file("ids.json", text);
    try {
      static_cast<void>(accelerator_ids(tree.root() / "ids.json"));
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig) << text;
      EXPECT_THAT(error.what(), HasSubstr(message));
      EXPECT_THAT(error.what(), HasSubstr("ids.json"));
    }
  }
}

TEST(AcceleratorIdsTest, MissingTableIsAnError) {
  EXPECT_THROW(static_cast<void>(accelerator_ids("/nowhere/ids.json")), Error);
}

}  // namespace
}  // namespace qbench::runners
