// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/board_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/board/board_reader.h"
#include "tests/support/recorded_tree.h"

namespace qbench::engine {
namespace {

using namespace std::chrono_literals;
using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kClock[] = "sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq";

/// One clock policy under the governor that holds its clock.
class BoardLogTest : public ::testing::Test {
 protected:
  BoardLogTest() {
    tree_.file("sys/devices/system/cpu/cpufreq/policy0/affected_cpus", "0")
        .file("sys/devices/system/cpu/cpufreq/policy0/scaling_governor", "performance")
        .file(kClock, "2000000")
        .file("proc/stat", "cpu  100 0 0 900 0 0 0 0 0 0");
  }
  BoardLog log(std::chrono::milliseconds interval) {
    return BoardLog(read_board(tree_.root()), tree_.root(), Clock::now(), interval);
  }

  RecordedTree tree_;
};

TEST_F(BoardLogTest, TicksThatComeTooSoonTakeNoSample) {
  BoardLog often = log(0ms);
  BoardLog seldom = log(1h);
  for (int i = 0; i < 5; ++i) {
    often.tick();
    seldom.tick();
  }
  EXPECT_EQ(often.series().size(), 5U);
  EXPECT_EQ(seldom.series().size(), 1U);
  seldom.sample_now();
  EXPECT_EQ(seldom.series().size(), 2U);
}

TEST_F(BoardLogTest, SeriesHoldsTimesAndValues) {
  BoardLog log = this->log(0ms);
  log.tick();
  tree_.file(kClock, "1900000");
  log.tick();
  EXPECT_EQ(log.series()[0].sample.frequency_khz.at("policy0"), 2000000);
  EXPECT_EQ(log.series()[1].sample.frequency_khz.at("policy0"), 1900000);
  EXPECT_GE(log.series()[0].at_s, 0.0);
  EXPECT_GT(log.series()[1].at_s, log.series()[0].at_s);
  EXPECT_GT(log.sample_cost_us(), 0.0);
}

TEST_F(BoardLogTest, OnlyTheSpanAskedForIsJudged) {
  BoardLog log = this->log(0ms);
  for (const char* khz : {"2000000", "2000000", "2000000", "1000000", "1000000"}) {
    tree_.file(kClock, khz);
    log.tick();
  }
  const auto at = [&](std::size_t i) { return log.series()[i].at_s; };
  EXPECT_FALSE(log.disturbance(at(0), at(1)).throttled);
  EXPECT_TRUE(log.disturbance(at(0), at(4)).throttled);
  // A span between two samples is judged by the one before and the one after.
  const double inside = (at(2) + at(3)) / 2.0;
  const Disturbance found = log.disturbance(inside, inside);
  EXPECT_TRUE(found.throttled);
  EXPECT_THAT(found.reasons, ElementsAre(HasSubstr("the clock of policy0 fell by 50 %")));
}

TEST_F(BoardLogTest, StolenTimeIsADisturbance) {
  BoardLog log = this->log(0ms);
  log.tick();
  tree_.file("proc/stat", "cpu  150 0 0 930 0 0 0 20 0 0");
  log.tick();
  const Disturbance found = log.disturbance(0.0, 1e9);
  EXPECT_TRUE(found.disturbed);
  EXPECT_FALSE(found.throttled);
}

TEST_F(BoardLogTest, WithoutSamplesNothingIsClaimed) {
  EXPECT_EQ(log(0ms).disturbance(0.0, 1e9), Disturbance());
  EXPECT_EQ(log(0ms).sample_cost_us(), 0.0);
}

TEST_F(BoardLogTest, MetersAreReadAlone) {
  tree_.file("sys/class/powercap/intel-rapl:0/name", "package-0")
      .file("sys/class/powercap/intel-rapl:0/energy_uj", "5000000")
      .file("sys/class/powercap/intel-rapl:0/max_energy_range_uj", "262143328850");
  const BoardLog log = this->log(0ms);
  const BoardSample sample = log.read_meters();
  EXPECT_EQ(sample.energy_microjoules.at("package-0"), 5000000U);
  EXPECT_TRUE(sample.frequency_khz.empty());
}

}  // namespace
}  // namespace qbench::engine
