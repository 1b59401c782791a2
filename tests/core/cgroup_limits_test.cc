// SPDX-License-Identifier: Apache-2.0
#include "core/cgroup_limits.h"

#include <gtest/gtest.h>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;

TEST(CgroupLimitsTest, SmallestCgroupLimitOnTheWayUpCounts) {
  RecordedTree tree;
  tree.file("proc/self/cgroup", "0::/user.slice/run.scope");
  tree.file("sys/fs/cgroup/user.slice/cpu.max", "150000 100000")
      .file("sys/fs/cgroup/user.slice/memory.max", "1073741824");
  tree.file("sys/fs/cgroup/user.slice/run.scope/cpu.max", "max 100000");
  tree.file("sys/fs/cgroup/user.slice/run.scope/memory.max", "536870912");
  const CgroupLimits limits = read_cgroup_limits(tree.tree());
  EXPECT_EQ(limits.cpus, 1.5);
  EXPECT_EQ(limits.memory_bytes, 536870912U);
}

TEST(CgroupLimitsTest, VersionOneLimitsAreReadFromTheirControllers) {
  RecordedTree tree;
  tree.file("proc/self/cgroup", "4:memory:/docker/a\n1:cpu,cpuacct:/docker/a");
  tree.file("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_quota_us", "50000");
  tree.file("sys/fs/cgroup/cpu,cpuacct/docker/a/cpu.cfs_period_us", "100000");
  tree.file("sys/fs/cgroup/memory/memory.limit_in_bytes", "268435456");
  const CgroupLimits limits = read_cgroup_limits(tree.tree());
  EXPECT_EQ(limits.cpus, 0.5);
  EXPECT_EQ(limits.memory_bytes, 268435456U);
}

TEST(CgroupLimitsTest, UnlimitedGroupsGiveNoLimit) {
  RecordedTree tree;
  tree.file("proc/self/cgroup", "0::/\n1:cpu:/");
  tree.file("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1").file("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000");
  const CgroupLimits limits = read_cgroup_limits(tree.tree());
  EXPECT_FALSE(limits.cpus.has_value());
  EXPECT_FALSE(limits.memory_bytes.has_value());
}

TEST(CgroupLimitsTest, AControllerMayBeNamedAfterOthers) {
  RecordedTree tree;
  tree.file("proc/self/cgroup", "3:cpuacct,cpu:/");
  tree.file("sys/fs/cgroup/cpuacct,cpu/cpu.cfs_quota_us", "250000");
  tree.file("sys/fs/cgroup/cpuacct,cpu/cpu.cfs_period_us", "100000");
  EXPECT_EQ(read_cgroup_limits(tree.tree()).cpus, 2.5);
}

TEST(CgroupLimitsTest, ADamagedPathLeavesTheRootsLimit) {
  RecordedTree tree;
  tree.file("proc/self/cgroup", "0::no-slash");
  tree.file("sys/fs/cgroup/cpu.max", "300000 100000");
  EXPECT_EQ(read_cgroup_limits(tree.tree()).cpus, 3.0);
}

}  // namespace
}  // namespace qbench
