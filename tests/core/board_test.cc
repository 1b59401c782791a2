// SPDX-License-Identifier: Apache-2.0
#include "core/board.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

TEST(BoardTest, SlugKeepsLettersAndDigitsOnly) {
  EXPECT_EQ(slug_of("Raspberry Pi 4 Model B Rev 1.4"), "raspberry-pi-4-model-b-rev-1-4");
  EXPECT_EQ(slug_of("  Intel(R) Core(TM) i7  "), "intel-r-core-tm-i7");
  EXPECT_EQ(slug_of("µ☃"), "board");
  EXPECT_EQ(slug_of("../../etc"), "etc");
  EXPECT_LE(slug_of(std::string(500, 'x')).size(), 60U);
}

TEST(BoardTest, ThrottleWordIsReadBitByBit) {
  EXPECT_THAT(throttle_flags(0), IsEmpty());
  EXPECT_THAT(throttle_flags(0x8), ElementsAre("soft temperature limit now"));
  EXPECT_THAT(throttle_flags(0x20002), ElementsAre("frequency capped now", "frequency capped since boot"));
}

TEST(BoardTest, DeviceTreeNameWinsOverProductAndCpu) {
  Board board;
  board.cpu.model = "CPU";
  identify_board(board);
  EXPECT_EQ(board.name, "CPU");
  board.dmi_product = "PC";
  identify_board(board);
  EXPECT_EQ(board.name, "PC");
  board.device_tree_model = "Board";
  identify_board(board);
  EXPECT_EQ(board.name, "Board");
  EXPECT_THAT(board.id, StartsWith("board-"));
}

TEST(BoardTest, IdIgnoresWhatTheFirmwareKeepsOfTheMemory) {
  Board board;
  board.cpu.model = "CPU";
  board.memory.total_bytes = 3'900'000'000;
  identify_board(board);
  const std::string id = board.id;
  board.memory.total_bytes = 4'000'000'000;
  identify_board(board);
  EXPECT_EQ(board.id, id);
  board.cpu.isa = {"dotprod"};
  identify_board(board);
  EXPECT_NE(board.id, id);
}

TEST(BoardTest, JsonShowsWhatIsNotToldAsNull) {
  const nlohmann::json json = to_json(Board{});
  EXPECT_TRUE(json.at("cpu").at("smt").is_null());
  EXPECT_TRUE(json.at("throttling").at("firmware_word").is_null());
  EXPECT_EQ(board_from_json(json), Board{});
}

TEST(BoardTest, MissingKeysKeepTheirDefaults) { EXPECT_EQ(board_from_json(nlohmann::json::object()), Board{}); }

TEST(BoardTest, WrongTypeIsNamedByItsPath) {
  const std::vector<std::pair<nlohmann::json, const char*>> cases = {
      {{{"name", 3}}, "board.name"},
      {{{"cpu", {{"logical_cores", -1.5}}}}, "board.cpu.logical_cores"},
      {{{"cpu", {{"logical_cores", 1e30}}}}, "board.cpu.logical_cores"},
      {{{"memory", {{"total_bytes", -1}}}}, "board.memory.total_bytes"},
      {{{"cpu", {{"clusters", {{{"cpus", "0-3"}}}}}}}, "board.cpu.clusters[].cpus"},
      {{{"energy", {{"meters", {{{"kind", "steam"}}}}}}}, "board.energy.meters[].kind"},
      {{{"environment", {{"OMP_NUM_THREADS", 4}}}}, "board.environment.OMP_NUM_THREADS"},
      {nlohmann::json::array({1}), "'board'"},
  };
  for (const auto& [json, where] : cases) {
    try {
      static_cast<void>(board_from_json(json));
      ADD_FAILURE() << where;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig);
      EXPECT_THAT(error.what(), HasSubstr(where));
    }
  }
}

}  // namespace
}  // namespace qbench
