// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/latency_cpu.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "tests/support/recorded_tree.h"

namespace qbench::engine {
namespace {

class LatencyCpuTest : public ::testing::Test {
 protected:
  LatencyCpuTest() {
    tree_.file("proc/self/status", "Cpus_allowed_list:\t0-1").file("sys/devices/system/cpu/online", "0-3");
  }
  std::optional<int> cpu_of(const std::string& pin) {
    RunSettings settings;
    settings.pin = pin;
    return latency_cpu(settings, tree_.root());
  }

  testing::RecordedTree tree_;
};

TEST_F(LatencyCpuTest, AutoIsTheFastestAllowedCpu) { EXPECT_EQ(cpu_of("auto"), 1); }

TEST_F(LatencyCpuTest, NoneLeavesItToTheScheduler) { EXPECT_EQ(cpu_of("none"), std::nullopt); }

TEST_F(LatencyCpuTest, ANumberIsThatCpu) { EXPECT_EQ(cpu_of("0"), 0); }

TEST_F(LatencyCpuTest, ACpuThatIsNotAllowedIsRefusedWithThoseThatAre) {
  try {
    (void)cpu_of("2");
    FAIL() << "not refused";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    EXPECT_NE(std::string(error.what()).find("may run on CPU 0, 1 only"), std::string::npos) << error.what();
  }
}

TEST_F(LatencyCpuTest, OnlyOneThreadWithoutADelegateFitsOneCpu) {
  CellPlan cell;
  EXPECT_TRUE(fits_one_cpu(cell));
  cell.options.threads = 2;
  EXPECT_FALSE(fits_one_cpu(cell));
  cell.options.threads = 1;
  cell.options.delegate.library = "libedgetpu.so.1";
  EXPECT_FALSE(fits_one_cpu(cell));
}

}  // namespace
}  // namespace qbench::engine
