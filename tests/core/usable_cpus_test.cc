// SPDX-License-Identifier: Apache-2.0
#include "core/usable_cpus.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <thread>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;

/// usable_cpus() of a thread that may run on at most the first `most` of this process's CPUs; -1: there are fewer.
int usable_on(int most, const SystemTree& tree) {
  int usable = -1;
  std::thread([&] {
    cpu_set_t all;
    CPU_ZERO(&all);
    if (::sched_getaffinity(0, sizeof all, &all) != 0 || CPU_COUNT(&all) < most) return;
    cpu_set_t some;
    CPU_ZERO(&some);
    for (int cpu = 0; CPU_COUNT(&some) < most; ++cpu) {
      if (CPU_ISSET(cpu, &all)) CPU_SET(cpu, &some);
    }
    if (::sched_setaffinity(0, sizeof some, &some) == 0) usable = usable_cpus(tree);
  }).join();
  return usable;
}

int usable_with_quota(int most, const char* quota) {
  RecordedTree tree;
  tree.file("proc/self/cgroup", "0::/").file("sys/fs/cgroup/cpu.max", quota);
  return usable_on(most, tree.tree());
}

TEST(UsableCpusTest, TheMaskCounts) {
  const RecordedTree unlimited;
  EXPECT_EQ(usable_on(1, unlimited.tree()), 1);
  const int two = usable_on(2, unlimited.tree());
  if (two < 0) GTEST_SKIP() << "one CPU";
  EXPECT_EQ(two, 2);
}

TEST(UsableCpusTest, AQuotaBelowTheMaskCountsRoundedUp) {
  EXPECT_EQ(usable_with_quota(1, "20000 100000"), 1);
  if (usable_on(2, SystemTree("/nowhere")) < 0) GTEST_SKIP() << "one CPU";
  EXPECT_EQ(usable_with_quota(2, "20000 100000"), 1);
  EXPECT_EQ(usable_with_quota(2, "100000 100000"), 1);
  EXPECT_EQ(usable_with_quota(2, "100001 100000"), 2);
}

TEST(UsableCpusTest, AQuotaAboveTheMaskGivesNoMore) {
  EXPECT_EQ(usable_with_quota(1, "6400000 100000"), 1);
  EXPECT_EQ(usable_with_quota(1, "max 100000"), 1);
}

TEST(UsableCpusTest, AQuotaOfVersionOneCounts) {
  RecordedTree tree;
  tree.file("proc/self/cgroup", "1:cpu,cpuacct:/docker/a");
  tree.file("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us", "90000");
  tree.file("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_period_us", "100000");
  EXPECT_EQ(usable_cpus(tree.tree()), 1);
}

}  // namespace
}  // namespace qbench
