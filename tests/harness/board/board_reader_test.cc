// SPDX-License-Identifier: Apache-2.0
#include "harness/board/board_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/harness/board/sample_boards.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

template <typename Write>
Board board_of(Write write) {
  RecordedTree tree;
  write(tree);
  return read_board(tree.root());
}

TEST(BoardReaderTest, RaspberryPi4TellsItsThrottlingFirmwareWord) {
  const Board board = board_of(testing::write_raspberry_pi_4);
  EXPECT_EQ(board.name, "Raspberry Pi 4 Model B Rev 1.4");
  EXPECT_EQ(board.slug, "raspberry-pi-4-model-b-rev-1-4");
  EXPECT_EQ(board.cpu.model, "4 x Cortex-A72");
  EXPECT_EQ(board.cpu.architecture, "aarch64");
  EXPECT_EQ(board.cpu.logical_cores, 4);
  EXPECT_EQ(board.cpu.allowed_cores, 4);
  EXPECT_THAT(board.cpu.isa, ElementsAre("neon"));
  EXPECT_EQ(board.throttling.firmware_word, 0x50005U);
  EXPECT_THAT(board.throttling.firmware_flags,
              ElementsAre("under-voltage now", "throttled now", "under-voltage since boot", "throttled since boot"));
  EXPECT_EQ(board.throttling.undervoltage_alarm, true);
  EXPECT_EQ(board.frequencies.at(0).governor, "ondemand");
  EXPECT_DOUBLE_EQ(board.thermal_zones.at(0).celsius.value(), 61.355);
  EXPECT_EQ(board.memory.total_bytes, 3884344ULL * 1024);
  EXPECT_EQ(board.os.virtualization, "");
  EXPECT_EQ(board.os.container, "");
  EXPECT_THAT(board.energy.reason, HasSubstr("no energy meter"));
}

TEST(BoardReaderTest, RaspberryPi5HasDotProductAndAnUnthrottledPast) {
  const Board board = board_of(testing::write_raspberry_pi_5);
  EXPECT_EQ(board.cpu.model, "4 x Cortex-A76");
  EXPECT_THAT(board.cpu.isa, ElementsAre("neon", "fp16", "dotprod"));
  EXPECT_EQ(board.cpu.allowed_cores, 2);
  EXPECT_EQ(board.throttling.firmware_word, 0U);
  EXPECT_THAT(board.throttling.firmware_flags, IsEmpty());
  EXPECT_THAT(board.cpu.caches, ElementsAre(CpuCache{.level = 1, .type = "data", .bytes = 65536, .instances = 4},
                                            CpuCache{.level = 1, .type = "instruction", .bytes = 65536, .instances = 4},
                                            CpuCache{.level = 2, .type = "unified", .bytes = 524288, .instances = 4},
                                            CpuCache{.level = 3, .type = "unified", .bytes = 2097152, .instances = 1}));
}

TEST(BoardReaderTest, BigLittleBoardHasTwoClustersAndASupplyMeter) {
  const Board board = board_of(testing::write_big_little);
  EXPECT_EQ(board.cpu.model, "2 x Cortex-A78 + 4 x Cortex-A55");
  ASSERT_EQ(board.cpu.clusters.size(), 2U);
  EXPECT_EQ(board.cpu.clusters[0],
            (CpuCluster{.core = "Cortex-A78", .cpus = {4, 5}, .capacity = 1024, .max_khz = 2201600}));
  EXPECT_EQ(board.cpu.clusters[1],
            (CpuCluster{.core = "Cortex-A55", .cpus = {0, 1, 2, 3}, .capacity = 406, .max_khz = 1510400}));
  // Only what every core has: a kernel may land on any of them.
  EXPECT_THAT(board.cpu.isa, ElementsAre("neon", "fp16", "dotprod"));
  ASSERT_EQ(board.thermal_zones.size(), 3U);
  EXPECT_EQ(board.thermal_zones[0].throttle_celsius, 97.0);
  EXPECT_FALSE(board.thermal_zones[1].celsius.has_value());
  EXPECT_EQ(board.thermal_zones[2].name, "thermal_zone10");
  ASSERT_EQ(board.energy.meters.size(), 2U);
  EXPECT_EQ(board.energy.meters[0].name, "ina3221 VDD_IN");
  EXPECT_EQ(board.energy.meters[0].source, "ina2xx");
}

TEST(BoardReaderTest, RiscvBoardShowsTheVectorExtension) {
  const Board board = board_of(testing::write_riscv);
  EXPECT_EQ(board.cpu.architecture, "riscv64");
  EXPECT_EQ(board.cpu.model, "8 x spacemit,x60");
  EXPECT_THAT(board.cpu.isa, ElementsAre("rvv", "zvfh", "zfh"));
  EXPECT_TRUE(board.cpu.has_isa("rvv"));
  EXPECT_EQ(board.thermal_zones.at(0).throttle_celsius, 85.0);
}

TEST(BoardReaderTest, LaptopOnBatteryHasRaplAndThrottleCounts) {
  const Board board = board_of(testing::write_x86_laptop);
  EXPECT_EQ(board.name, "LENOVO 20W4CTO1WW");
  EXPECT_EQ(board.cpu.logical_cores, 8);
  EXPECT_EQ(board.cpu.physical_cores, 4);
  EXPECT_EQ(board.cpu.smt, true);
  EXPECT_EQ(board.cpu.turbo, true);
  EXPECT_EQ(board.cpu.reported_mhz, 1800.125);
  EXPECT_THAT(board.cpu.isa, ElementsAre("sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512_vnni"));
  EXPECT_EQ(board.throttling.core_events, 17U);
  EXPECT_EQ(board.throttling.package_events, 4U);
  EXPECT_EQ(board.power.mains_online, false);
  EXPECT_EQ(board.power.battery_percent, 57);
  EXPECT_EQ(board.power.battery_status, "Discharging");
  ASSERT_EQ(board.energy.meters.size(), 2U);
  EXPECT_EQ(board.energy.meters[0].name, "package-0");
  EXPECT_EQ(board.energy.meters[0].wrap_microjoules, 262143328850U);
  EXPECT_THAT(board.environment, ElementsAre(Pair("OMP_NUM_THREADS", "4"), Pair("XNNPACK_FORCE", "1")));
  EXPECT_DOUBLE_EQ(board.activity.load_1min, 1.25);
}

TEST(BoardReaderTest, ContainerWithoutSysStillTellsWhatProcKnows) {
  const Board board = board_of(testing::write_bare_container);
  EXPECT_EQ(board.os.container, "docker");
  EXPECT_EQ(board.os.virtualization, "hypervisor");
  EXPECT_EQ(board.cpu.model, "AMD EPYC 7B13");
  EXPECT_EQ(board.cpu.logical_cores, 2);
  EXPECT_EQ(board.cpu.physical_cores, 2);
  EXPECT_DOUBLE_EQ(board.activity.steal_share.value(), 0.04);
  EXPECT_THAT(board.frequencies, IsEmpty());
  EXPECT_THAT(board.thermal_zones, IsEmpty());
  EXPECT_FALSE(board.throttling.core_events.has_value());
}

TEST(BoardReaderTest, EmptyRootGivesAnEmptyBoardAndNoError) {
  const Board board = board_of([](RecordedTree& /*tree*/) {});
  EXPECT_EQ(board.slug, "board");
  EXPECT_EQ(board.cpu.logical_cores, 0);
  EXPECT_EQ(board.os.kernel, "");
}

TEST(BoardReaderTest, EverySampleBoardSurvivesTheWayThroughJson) {
  for (const auto write : {testing::write_raspberry_pi_4, testing::write_raspberry_pi_5, testing::write_big_little,
                           testing::write_riscv, testing::write_x86_laptop, testing::write_bare_container}) {
    const Board board = board_of(write);
    EXPECT_EQ(board_from_json(nlohmann::json::parse(to_json(board).dump())), board) << board.name;
  }
}

TEST(BoardReaderTest, IdIsTheSameForTwoUnitsAndUnitTellsThemApart) {
  RecordedTree tree;
  testing::write_raspberry_pi_4(tree);
  const Board first = read_board(tree.root());
  tree.remove("proc/device-tree/serial-number").raw_file("proc/device-tree/serial-number", "10000000ffffffff");
  tree.file("proc/loadavg", "3.00 2.00 1.00 1/1 1").file("proc/sys/kernel/hostname", "other");
  const Board second = read_board(tree.root());
  EXPECT_EQ(first.id, second.id);
  EXPECT_NE(first.unit, second.unit);
  EXPECT_EQ(first.unit.size(), 8U);
}

TEST(BoardReaderTest, IdChangesWithTheMemorySize) {
  RecordedTree tree;
  testing::write_raspberry_pi_4(tree);
  const Board four_gib = read_board(tree.root());
  tree.file("proc/meminfo", "MemTotal: 7998712 kB");
  EXPECT_NE(read_board(tree.root()).id, four_gib.id);
}

}  // namespace
}  // namespace qbench
