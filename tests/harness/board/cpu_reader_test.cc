// SPDX-License-Identifier: Apache-2.0
#include "harness/board/cpu_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using qbench::testing::RecordedTree;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kTwoThreads =
    "processor : 0\nmodel name : Hybrid CPU\nphysical id : 0\ncore id : 0\nflags : lm avx2\n\n"
    "processor : 1\nmodel name : Hybrid CPU\nphysical id : 0\ncore id : 0\nflags : lm avx2\n";

TEST(CpuReaderTest, WithoutTopologyCoresAreCountedByTheirIds) {
  RecordedTree tree;
  tree.file("proc/cpuinfo", kTwoThreads);
  const CpuInfo cpu = read_cpu(tree.tree());
  EXPECT_EQ(cpu.logical_cores, 2);
  EXPECT_EQ(cpu.physical_cores, 1);
}

TEST(CpuReaderTest, OfflineCpusAreNotCounted) {
  RecordedTree tree;
  tree.file("proc/cpuinfo", kTwoThreads).file("sys/devices/system/cpu/online", "1");
  EXPECT_EQ(read_cpu(tree.tree()).logical_cores, 1);
}

TEST(CpuReaderTest, HybridX86HasPerformanceAndEfficiencyClusters) {
  RecordedTree tree;
  tree.file("proc/cpuinfo", kTwoThreads).file("sys/devices/cpu_core/cpus", "0").file("sys/devices/cpu_atom/cpus", "1");
  tree.file("sys/devices/system/cpu/cpu0/cpu_capacity", "1024").file("sys/devices/system/cpu/cpu1/cpu_capacity", "600");
  const CpuInfo cpu = read_cpu(tree.tree());
  ASSERT_EQ(cpu.clusters.size(), 2U);
  EXPECT_EQ(cpu.clusters[0].core, "Hybrid CPU, performance cores");
  EXPECT_THAT(cpu.clusters[1].cpus, ElementsAre(1));
  EXPECT_EQ(cpu.model, "Hybrid CPU");
}

TEST(CpuReaderTest, CacheWithoutASizeIsLeftOut) {
  RecordedTree tree;
  tree.file("sys/devices/system/cpu/online", "0");
  tree.file("sys/devices/system/cpu/cpu0/cache/index0/level", "1");
  tree.file("sys/devices/system/cpu/cpu0/cache/index0/type", "Data");
  EXPECT_THAT(read_cpu(tree.tree()).caches, IsEmpty());
}

TEST(CpuReaderTest, NonsenseInTheFilesIsIgnored) {
  RecordedTree tree;
  tree.file("proc/cpuinfo", "processor : many\n:::\nflags\n").file("sys/devices/system/cpu/online", "0-99999999,x");
  tree.file("proc/self/status", "Cpus_allowed_list:\t-");
  const CpuInfo cpu = read_cpu(tree.tree());
  EXPECT_EQ(cpu.logical_cores, 0);
  EXPECT_THAT(cpu.isa, IsEmpty());
}

TEST(CpuReaderTest, TurboIsTheOppositeOfNoTurbo) {
  RecordedTree tree;
  EXPECT_FALSE(read_cpu(tree.tree()).turbo.has_value());
  tree.file("sys/devices/system/cpu/intel_pstate/no_turbo", "1");
  EXPECT_EQ(read_cpu(tree.tree()).turbo, false);
  tree.remove("sys/devices/system/cpu/intel_pstate").file("sys/devices/system/cpu/cpufreq/boost", "1");
  EXPECT_EQ(read_cpu(tree.tree()).turbo, true);
}

TEST(CpuReaderTest, AllowedCpusAreInTheMaskAndOnline) {
  RecordedTree tree;
  EXPECT_THAT(allowed_cpus(tree.tree()), IsEmpty());
  tree.file("proc/self/status", "Name:\tqbench\nCpus_allowed_list:\t0-7\n");
  tree.file("sys/devices/system/cpu/online", "0-2,5");
  EXPECT_THAT(allowed_cpus(tree.tree()), ElementsAre(0, 1, 2, 5));
}

/// The fastest allowed of two little cores followed by two big ones.
std::optional<int> fastest_of_big_little(const std::string& allowed) {
  RecordedTree tree;
  tree.file("proc/self/status", "Cpus_allowed_list:\t" + allowed).file("sys/devices/system/cpu/online", "0-3");
  for (const int cpu : {0, 1, 2, 3}) {
    tree.file("sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/cpu_capacity", cpu < 2 ? "400" : "1024");
  }
  return fastest_allowed_cpu(tree.tree());
}

TEST(CpuReaderTest, TheFastestAllowedCpuIsTheLastBigOne) {
  EXPECT_EQ(fastest_of_big_little("0-3"), 3);
  EXPECT_EQ(fastest_of_big_little("0-2"), 2);
}

TEST(CpuReaderTest, WithoutAnAllowedBigCoreALittleOneIsTheFastest) { EXPECT_EQ(fastest_of_big_little("0-1"), 1); }

TEST(CpuReaderTest, ATreeThatDoesNotTellHasNoFastestCpu) {
  EXPECT_EQ(fastest_allowed_cpu(RecordedTree().tree()), std::nullopt);
}

}  // namespace
}  // namespace qbench
