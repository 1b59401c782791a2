// SPDX-License-Identifier: Apache-2.0
#include "tests/harness/board/sample_boards.h"

#include <fmt/format.h>

#include <string>

namespace qbench::testing {

namespace {

using namespace std::string_literals;

constexpr const char* kCpu = "sys/devices/system/cpu";

struct System {
  std::string pretty_name;
  std::string kernel;
  std::string memory_kib;
  std::string available_kib;
  std::string load = "0.10 0.20 0.30 1/200 4242";
  std::string uptime = "3600.50 14000.00";
  std::string stat = "cpu  1000 0 500 8000 100 0 20 0 0 0";
};

void write_system(RecordedTree& tree, const System& system) {
  tree.file("etc/os-release", "NAME=\"X\"\nPRETTY_NAME=\"" + system.pretty_name + "\"\nID=x");
  tree.file("proc/sys/kernel/osrelease", system.kernel);
  tree.file("proc/sys/kernel/hostname", "bench");
  tree.file("proc/meminfo", fmt::format("MemTotal:  {} kB\nMemFree:  1000 kB\nMemAvailable:  {} kB\nSwapTotal:  "
                                        "102396 kB\nSwapFree:  102396 kB",
                                        system.memory_kib, system.available_kib));
  tree.file("proc/loadavg", system.load);
  tree.file("proc/uptime", system.uptime);
  tree.file("proc/stat", system.stat + "\nctxt 12345");
}

void write_cores(RecordedTree& tree, int first, int last, const std::string& capacity, const std::string& policy) {
  for (int cpu = first; cpu <= last; ++cpu) {
    const std::string folder = fmt::format("{}/cpu{}", kCpu, cpu);
    tree.file(folder + "/topology/thread_siblings_list", std::to_string(cpu));
    if (!capacity.empty()) tree.file(folder + "/cpu_capacity", capacity);
    if (!policy.empty()) tree.link(folder + "/cpufreq", "../cpufreq/" + policy);
  }
}

struct Clock {
  std::string name;
  std::string cpus;
  std::string driver;
  std::string governor;
  std::string min_khz;
  std::string max_khz;
  std::string now_khz;
};

void write_policy(RecordedTree& tree, const Clock& clock) {
  const std::string folder = fmt::format("{}/cpufreq/{}", kCpu, clock.name);
  tree.file(folder + "/related_cpus", clock.cpus);
  tree.file(folder + "/scaling_driver", clock.driver);
  tree.file(folder + "/scaling_governor", clock.governor);
  tree.file(folder + "/scaling_min_freq", clock.min_khz);
  tree.file(folder + "/scaling_max_freq", clock.max_khz);
  tree.file(folder + "/cpuinfo_max_freq", clock.max_khz);
  tree.file(folder + "/scaling_cur_freq", clock.now_khz);
}

void write_zone(RecordedTree& tree, int number, const std::string& type, const std::string& millidegrees,
                const std::string& passive_trip = "") {
  const std::string folder = fmt::format("sys/class/thermal/thermal_zone{}", number);
  tree.file(folder + "/type", type).file(folder + "/temp", millidegrees);
  tree.file(folder + "/trip_point_0_type", "critical").file(folder + "/trip_point_0_temp", "110000");
  if (passive_trip.empty()) return;
  tree.file(folder + "/trip_point_1_type", "passive").file(folder + "/trip_point_1_temp", passive_trip);
}

void write_cache(RecordedTree& tree, int cpu, int index, const std::string& level, const std::string& type,
                 const std::string& size, const std::string& shared) {
  const std::string folder = fmt::format("{}/cpu{}/cache/index{}", kCpu, cpu, index);
  tree.file(folder + "/level", level).file(folder + "/type", type).file(folder + "/size", size);
  tree.file(folder + "/shared_cpu_list", shared);
}

std::string arm_core(int processor, const std::string& features, const std::string& part) {
  return fmt::format(
      "processor\t: {}\nBogoMIPS\t: 108.00\nFeatures\t: {}\nCPU implementer\t: 0x41\nCPU architecture: 8\nCPU "
      "variant\t: 0x0\nCPU part\t: {}\nCPU revision\t: 3\n\n",
      processor, features, part);
}

std::string arm_cores(int first, int last, const std::string& features, const std::string& part) {
  std::string text;
  for (int processor = first; processor <= last; ++processor) text += arm_core(processor, features, part);
  return text;
}

void write_device_tree(RecordedTree& tree, const std::string& model, const std::string& serial) {
  tree.raw_file("proc/device-tree/model", model + "\0"s);
  if (!serial.empty()) tree.raw_file("proc/device-tree/serial-number", serial + "\0"s);
}

std::string x86_thread(int processor, int core, const std::string& model, const std::string& flags) {
  return fmt::format(
      "processor\t: {}\nvendor_id\t: GenuineIntel\nmodel name\t: {}\ncpu MHz\t\t: 1800.125\nphysical id\t: 0\ncore "
      "id\t\t: {}\nflags\t\t: {}\n\n",
      processor, model, core, flags);
}

}  // namespace

void write_raspberry_pi_4(RecordedTree& tree) {
  write_system(tree, {.pretty_name = "Debian GNU/Linux 12 (bookworm)",
                      .kernel = "6.6.31+rpt-rpi-v8",
                      .memory_kib = "3884344",
                      .available_kib = "3400000"});
  tree.file("proc/cpuinfo", arm_cores(0, 3, "fp asimd evtstrm crc32 cpuid", "0xd08") +
                                "Revision\t: c03114\nSerial\t\t: 10000000aabbccdd\nModel\t\t: Raspberry Pi 4 Model B "
                                "Rev 1.4");
  tree.file("proc/self/status", "Name:\tqbench\nCpus_allowed_list:\t0-3");
  write_device_tree(tree, "Raspberry Pi 4 Model B Rev 1.4", "10000000aabbccdd");
  tree.file(std::string(kCpu) + "/online", "0-3");
  write_cores(tree, 0, 3, "1024", "policy0");
  write_policy(tree, {.name = "policy0",
                      .cpus = "0 1 2 3",
                      .driver = "cpufreq-dt",
                      .governor = "ondemand",
                      .min_khz = "600000",
                      .max_khz = "1800000",
                      .now_khz = "600000"});
  write_zone(tree, 0, "cpu-thermal", "61355");
  tree.file("sys/devices/platform/soc/soc:firmware/get_throttled", "50005");
  tree.file("sys/class/hwmon/hwmon1/name", "rpi_volt").file("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1");
}

void write_raspberry_pi_5(RecordedTree& tree) {
  write_system(tree, {.pretty_name = "Debian GNU/Linux 12 (bookworm)",
                      .kernel = "6.6.31+rpt-rpi-2712",
                      .memory_kib = "8254304",
                      .available_kib = "7500000"});
  tree.file("proc/cpuinfo", arm_cores(0, 3,
                                      "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm "
                                      "lrcpc dcpop asimddp",
                                      "0xd0b"));
  tree.file("proc/self/status", "Cpus_allowed_list:\t2-3");
  write_device_tree(tree, "Raspberry Pi 5 Model B Rev 1.0", "20000000aabbccdd");
  tree.file(std::string(kCpu) + "/online", "0-3");
  write_cores(tree, 0, 3, "1024", "policy0");
  for (int cpu = 0; cpu <= 3; ++cpu) {
    write_cache(tree, cpu, 0, "1", "Data", "64K", std::to_string(cpu));
    write_cache(tree, cpu, 1, "1", "Instruction", "64K", std::to_string(cpu));
    write_cache(tree, cpu, 2, "2", "Unified", "512K", std::to_string(cpu));
    write_cache(tree, cpu, 3, "3", "Unified", "2048K", "0-3");
  }
  write_policy(tree, {.name = "policy0",
                      .cpus = "0 1 2 3",
                      .driver = "cpufreq-dt",
                      .governor = "performance",
                      .min_khz = "1500000",
                      .max_khz = "2400000",
                      .now_khz = "2400000"});
  write_zone(tree, 0, "cpu-thermal", "48200");
  tree.file("sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled", "0");
}

void write_big_little(RecordedTree& tree) {
  write_system(tree, {.pretty_name = "Ubuntu 22.04.4 LTS",
                      .kernel = "5.15.136-tegra",
                      .memory_kib = "7802824",
                      .available_kib = "6000000"});
  const std::string common = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp cpuid asimdrdm asimddp";
  tree.file("proc/cpuinfo", arm_cores(0, 3, common, "0xd05") + arm_cores(4, 5, common + " i8mm bf16", "0xd41"));
  write_device_tree(tree, "Example big.LITTLE Developer Kit", "");
  tree.file("etc/machine-id", "0123456789abcdef0123456789abcdef");
  tree.file(std::string(kCpu) + "/online", "0-5");
  write_cores(tree, 0, 3, "406", "policy0");
  write_cores(tree, 4, 5, "1024", "policy4");
  write_policy(tree, {.name = "policy0",
                      .cpus = "0 1 2 3",
                      .driver = "cpufreq-dt",
                      .governor = "schedutil",
                      .min_khz = "115200",
                      .max_khz = "1510400",
                      .now_khz = "729600"});
  write_policy(tree, {.name = "policy4",
                      .cpus = "4 5",
                      .driver = "cpufreq-dt",
                      .governor = "schedutil",
                      .min_khz = "115200",
                      .max_khz = "2201600",
                      .now_khz = "2201600"});
  write_zone(tree, 0, "cpu-thermal", "45000", "97000");
  write_zone(tree, 1, "gpu-thermal", "-256000");  // a unit that is switched off
  write_zone(tree, 10, "soc0-thermal", "46500");
  const std::string monitor = "sys/class/hwmon/hwmon3";
  tree.file(monitor + "/name", "ina3221");
  tree.file(monitor + "/in1_label", "VDD_CPU_GPU").file(monitor + "/in1_input", "5000");
  tree.file(monitor + "/curr1_input", "320");
  tree.file(monitor + "/in2_label", "VDD_IN").file(monitor + "/in2_input", "5056");
  tree.file(monitor + "/curr2_input", "1250");
  tree.file(monitor + "/curr4_input", "1570");  // the chip's sum channel has no voltage
}

void write_riscv(RecordedTree& tree) {
  write_system(tree, {.pretty_name = "Debian GNU/Linux 13 (trixie)",
                      .kernel = "6.6.36",
                      .memory_kib = "16286212",
                      .available_kib = "15000000"});
  std::string text;
  for (int hart = 0; hart < 8; ++hart) {
    text += fmt::format(
        "processor\t: {0}\nhart\t\t: {0}\nisa\t\t: rv64imafdcv_zicbom_zicboz_zicsr_zfh_zba_zbb_zvfh\nmmu\t\t: "
        "sv39\nuarch\t\t: spacemit,x60\nmvendorid\t: 0x710\n\n",
        hart);
  }
  tree.file("proc/cpuinfo", text);
  write_device_tree(tree, "Example RISC-V Board", "");
  tree.file(std::string(kCpu) + "/online", "0-7");
  write_cores(tree, 0, 7, "", "");
  write_zone(tree, 0, "cluster0-thermal", "51000", "85000");
}

void write_x86_laptop(RecordedTree& tree) {
  write_system(tree, {.pretty_name = "Ubuntu 24.04 LTS",
                      .kernel = "6.8.0-31-generic",
                      .memory_kib = "16142708",
                      .available_kib = "9000000",
                      .load = "1.25 0.75 0.50 2/900 777"});
  std::string text;
  for (int thread = 0; thread < 8; ++thread) {
    text += x86_thread(thread, thread % 4, "11th Gen Intel(R) Core(TM) i5-1135G7 @ 2.40GHz",
                       "fpu sse4_2 avx f16c fma avx2 lm avx512f avx512bw avx512_vnni");
    tree.file(fmt::format("{}/cpu{}/topology/thread_siblings_list", kCpu, thread),
              fmt::format("{},{}", thread % 4, thread % 4 + 4));
    tree.file(fmt::format("{}/cpu{}/thermal_throttle/core_throttle_count", kCpu, thread), thread == 2 ? "17" : "0");
    tree.file(fmt::format("{}/cpu{}/thermal_throttle/package_throttle_count", kCpu, thread), "4");
  }
  tree.file("proc/cpuinfo", text);
  tree.file(std::string(kCpu) + "/online", "0-7");
  tree.file(std::string(kCpu) + "/smt/active", "1");
  tree.file(std::string(kCpu) + "/intel_pstate/no_turbo", "0");
  write_policy(tree, {.name = "policy0",
                      .cpus = "0",
                      .driver = "intel_pstate",
                      .governor = "powersave",
                      .min_khz = "400000",
                      .max_khz = "4200000",
                      .now_khz = "1800000"});
  tree.file("sys/class/dmi/id/sys_vendor", "LENOVO").file("sys/class/dmi/id/product_name", "20W4CTO1WW");
  write_zone(tree, 0, "x86_pkg_temp", "67000");
  tree.file("sys/class/hwmon/hwmon5/name", "coretemp").file("sys/class/hwmon/hwmon5/temp1_label", "Package id 0");
  tree.file("sys/class/hwmon/hwmon5/temp1_input", "68000");
  tree.file("sys/class/power_supply/AC/type", "Mains").file("sys/class/power_supply/AC/online", "0");
  tree.file("sys/class/power_supply/BAT0/type", "Battery").file("sys/class/power_supply/BAT0/capacity", "57");
  tree.file("sys/class/power_supply/BAT0/status", "Discharging");
  tree.file("sys/class/power_supply/hidpp_battery_0/type", "Battery");
  tree.file("sys/class/power_supply/hidpp_battery_0/scope", "Device");
  tree.file("sys/class/power_supply/hidpp_battery_0/capacity", "5");
  const std::string rapl = "sys/class/powercap/intel-rapl:0";
  tree.file(rapl + ":0/name", "core")
      .file(rapl + ":0/energy_uj", "1000")
      .file(rapl + ":0/max_energy_range_uj", "262143328850");
  tree.file(rapl + "/name", "package-0").file(rapl + "/energy_uj", "5000000");
  tree.file(rapl + "/max_energy_range_uj", "262143328850");
  tree.file("sys/class/powercap/intel-rapl-mmio:0/name", "package-0");
  tree.file("sys/class/powercap/intel-rapl-mmio:0/energy_uj", "5000000");
  tree.raw_file("proc/self/environ", "HOME=/home/x\0OMP_NUM_THREADS=4\0TF_VAR_secret=x\0XNNPACK_FORCE=1\0"s);
}

void write_bare_container(RecordedTree& tree) {
  write_system(tree, {.pretty_name = "Alpine Linux v3.20",
                      .kernel = "6.1.0-21-cloud-amd64",
                      .memory_kib = "8000000",
                      .available_kib = "7000000",
                      .stat = "cpu  1000 0 500 8000 100 0 0 400 0 0"});
  tree.file("proc/cpuinfo", x86_thread(0, 0, "AMD EPYC 7B13", "fpu sse4_2 avx f16c fma avx2 lm hypervisor") +
                                x86_thread(1, 1, "AMD EPYC 7B13", "fpu sse4_2 avx f16c fma avx2 lm hypervisor"));
  tree.raw_file(".dockerenv", "");
}

}  // namespace qbench::testing
