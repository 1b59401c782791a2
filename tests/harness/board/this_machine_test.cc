// SPDX-License-Identifier: Apache-2.0
// The record of the machine that runs the tests, against what the C library and the compiler know about it.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <chrono>

#include "harness/board/board_reader.h"
#include "harness/board/board_sampler.h"

namespace qbench {
namespace {

TEST(ThisMachineTest, CoresAgreeWithTheSystem) {
  const Board board = read_board();
  EXPECT_EQ(board.cpu.logical_cores, ::sysconf(_SC_NPROCESSORS_ONLN));
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof(allowed), &allowed), 0);
  EXPECT_EQ(board.cpu.allowed_cores, CPU_COUNT(&allowed));
  EXPECT_GE(board.cpu.logical_cores, board.cpu.physical_cores);
  EXPECT_GT(board.cpu.physical_cores, 0);
  EXPECT_FALSE(board.cpu.model.empty());
}

TEST(ThisMachineTest, MemoryKernelAndUptimeAgreeWithTheSystem) {
  const Board board = read_board();
  struct sysinfo info {};
  ASSERT_EQ(::sysinfo(&info), 0);
  EXPECT_EQ(board.memory.total_bytes, static_cast<std::uint64_t>(info.totalram) * info.mem_unit);
  EXPECT_EQ(board.memory.swap_total_bytes, static_cast<std::uint64_t>(info.totalswap) * info.mem_unit);
  EXPECT_NEAR(board.activity.uptime_s, static_cast<double>(info.uptime), 5.0);
  utsname names{};
  ASSERT_EQ(::uname(&names), 0);
  EXPECT_EQ(board.os.kernel, names.release);
  EXPECT_EQ(board.cpu.architecture, names.machine);
}

#ifdef __x86_64__
TEST(ThisMachineTest, FeaturesAgreeWithTheProcessor) {
  const Board board = read_board();
  EXPECT_EQ(board.cpu.has_isa("avx2"), __builtin_cpu_supports("avx2") != 0);
  EXPECT_EQ(board.cpu.has_isa("fma"), __builtin_cpu_supports("fma") != 0);
  EXPECT_EQ(board.cpu.has_isa("avx512f"), __builtin_cpu_supports("avx512f") != 0);
  EXPECT_EQ(board.cpu.has_isa("avx512_vnni"), __builtin_cpu_supports("avx512vnni") != 0);
}
#endif

TEST(ThisMachineTest, TwoReadsGiveTheSameIdentity) {
  const Board first = read_board();
  const Board second = read_board();
  EXPECT_EQ(first.id, second.id);
  EXPECT_EQ(first.unit, second.unit);
}

TEST(ThisMachineTest, SamplesAdvanceAndAreCheap) {
  const BoardSampler sampler(read_board());
  const BoardSample first = sampler.sample();
  constexpr int kSamples = 20;
  const auto start = std::chrono::steady_clock::now();
  BoardSample last;
  for (int i = 0; i < kSamples; ++i) last = sampler.sample();
  const std::chrono::duration<double> mean = (std::chrono::steady_clock::now() - start) / kSamples;
  EXPECT_GT(last.time_ns, first.time_ns);
  EXPECT_GE(last.cpu_ticks, first.cpu_ticks);
  EXPECT_GE(last.idle_ticks + last.cpu_ticks, last.steal_ticks);
  // Generous: a loaded machine and a debug build with sanitizers must pass, a search through /sys must not.
  EXPECT_LT(mean.count(), 0.05);
}

}  // namespace
}  // namespace qbench
