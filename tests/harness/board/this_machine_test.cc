// SPDX-License-Identifier: Apache-2.0
// The record of the machine that runs the tests, against what the C library and the compiler know about it.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

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

/// What `lscpu -J` says, "CPU(s):" -> "2", the tree flattened; empty where there is no lscpu.
std::map<std::string, std::string> lscpu() {
  std::map<std::string, std::string> fields;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen("LC_ALL=C lscpu -J 2>/dev/null", "r"), &::pclose);
  std::string text;
  std::array<char, 4096> chunk{};
  while (pipe && std::fgets(chunk.data(), chunk.size(), pipe.get()) != nullptr) text += chunk.data();
  const auto add = [&fields](const auto& self, const nlohmann::json& list) -> void {
    for (const nlohmann::json& item : list) {
      if (item.contains("data") && item.at("data").is_string()) fields[item.at("field")] = item.at("data");
      if (item.contains("children")) self(self, item.at("children"));
    }
  };
  if (const auto json = nlohmann::json::parse(text, nullptr, false); json.contains("lscpu")) add(add, json["lscpu"]);
  return fields;
}

TEST(ThisMachineTest, CpuAgreesWithLscpu) {
  const auto told = lscpu();
  if (told.empty()) GTEST_SKIP() << "no lscpu -J here";
  const CpuInfo cpu = read_board().cpu;
  EXPECT_EQ(cpu.architecture, told.at("Architecture:"));
  EXPECT_EQ(std::to_string(cpu.logical_cores), told.at("CPU(s):"));
  if (told.contains("Model name:") && told.at("Model name:") != "-") {
    EXPECT_EQ(cpu.model, told.at("Model name:"));
  }
  if (told.contains("Core(s) per socket:") && told.contains("Socket(s):") && told.at("Socket(s):") != "-") {
    EXPECT_EQ(cpu.physical_cores, std::stoi(told.at("Core(s) per socket:")) * std::stoi(told.at("Socket(s):")));
  }
  if (told.contains("Flags:")) {
    std::istringstream words(told.at("Flags:"));
    const std::set<std::string> flags{std::istream_iterator<std::string>(words), {}};
    for (const char* flag : {"avx2", "fma", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8"}) {
      EXPECT_EQ(cpu.has_isa(flag), flags.contains(flag)) << flag;
    }
  }
}

TEST(ThisMachineTest, VirtualizationAgreesWithLscpu) {
  const auto told = lscpu();
  if (!told.contains("Hypervisor vendor:")) GTEST_SKIP() << "lscpu names no hypervisor here";
  std::string vendor = told.at("Hypervisor vendor:");
  std::ranges::transform(vendor, vendor.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  EXPECT_FALSE(read_board().os.virtualization.empty()) << vendor;
}

TEST(ThisMachineTest, LoadAndModelAgreeWithProc) {
  const Board board = read_board();
  double load = 0.0;
  std::ifstream("/proc/loadavg") >> load;
  EXPECT_NEAR(board.activity.load_1min, load, 0.5);
  std::ifstream cpuinfo("/proc/cpuinfo");
  int processors = 0;
  for (std::string line; std::getline(cpuinfo, line);) processors += line.starts_with("processor") ? 1 : 0;
  EXPECT_EQ(board.cpu.logical_cores, processors);
}

TEST(ThisMachineTest, ClocksAndZonesAgreeWithSysfs) {
  const Board board = read_board();
  std::size_t policies = 0;
  std::size_t zones = 0;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/sys/devices/system/cpu/cpufreq", none)) {
    policies += entry.path().filename().string().starts_with("policy") ? 1 : 0;
  }
  for (const auto& entry : std::filesystem::directory_iterator("/sys/class/thermal", none)) {
    zones += entry.path().filename().string().starts_with("thermal_zone") ? 1 : 0;
  }
  EXPECT_EQ(board.frequencies.size(), policies);
  EXPECT_GE(board.thermal_zones.size(), zones);  // hwmon's come on top where there are no zones
}

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
