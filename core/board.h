// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace qbench {

// The machine that a run was made on, as plain values. Everywhere: an empty text, an empty list or a missing optional
// means "this machine does not tell", never "zero".

/// Logical CPUs that share a design and a speed; boards with big and little cores have several.
struct CpuCluster {
  std::string core;             ///< "Cortex-A76"; on x86 the CPU's model name
  std::vector<int> cpus;        ///< logical numbers, ascending
  std::optional<int> capacity;  ///< the kernel's relative speed, 1024 = the fastest core here
  std::optional<std::int64_t> max_khz;
  bool operator==(const CpuCluster&) const = default;
};

struct CpuCache {
  int level = 0;
  std::string type;         ///< "data", "instruction", "unified"
  std::uint64_t bytes = 0;  ///< of one instance
  int instances = 1;
  bool operator==(const CpuCache&) const = default;
};

struct CpuInfo {
  std::string model;                 ///< "Intel(R) Core(TM) i7-8565U", "4 x Cortex-A72", "4 x spacemit,x60"
  std::string vendor;                ///< "GenuineIntel", "ARM", ...
  std::string architecture;          ///< "x86_64", "aarch64", "arm", "riscv64"
  int logical_cores = 0;             ///< online
  int physical_cores = 0;            ///< distinct cores; equals logical_cores where the machine does not tell
  int allowed_cores = 0;             ///< what the affinity mask leaves to this process
  std::vector<CpuCluster> clusters;  ///< fastest first
  /// Instruction sets that decide which kernels a runtime picks, in the names that `known_isa_features` lists.
  std::vector<std::string> isa;
  std::vector<CpuCache> caches;
  std::optional<double> reported_mhz;  ///< x86: /proc/cpuinfo of the first CPU
  std::optional<bool> smt;             ///< two threads to a core are on
  std::optional<bool> turbo;           ///< frequency boost is allowed

  [[nodiscard]] bool has_isa(const std::string& feature) const;
  bool operator==(const CpuInfo&) const = default;
};

struct MemoryInfo {
  std::uint64_t total_bytes = 0;
  std::uint64_t available_bytes = 0;
  std::uint64_t swap_total_bytes = 0;
  std::uint64_t swap_free_bytes = 0;
  std::optional<std::uint64_t> cgroup_limit_bytes;  ///< a container's own limit
  bool operator==(const MemoryInfo&) const = default;
};

struct OsInfo {
  std::string pretty_name;  ///< "Debian GNU/Linux 12 (bookworm)"
  std::string kernel;       ///< "6.1.0-18-arm64"
  std::string hostname;
  std::string virtualization;              ///< "kvm", "vmware", ...; empty on bare metal
  std::string container;                   ///< "docker", "podman", "lxc", ...; empty outside
  std::optional<double> cgroup_cpu_quota;  ///< CPUs' worth of time that a container may use
  bool operator==(const OsInfo&) const = default;
};

/// CPUs that change their clock together.
struct FrequencyPolicy {
  std::string name;  ///< "policy0"
  std::vector<int> cpus;
  std::string driver;
  std::string governor;
  std::optional<std::int64_t> min_khz;
  std::optional<std::int64_t> max_khz;           ///< what the governor may choose
  std::optional<std::int64_t> hardware_max_khz;  ///< what the silicon offers
  std::optional<std::int64_t> current_khz;
  bool operator==(const FrequencyPolicy&) const = default;
};

struct ThermalZone {
  std::string name;  ///< "thermal_zone0", or "hwmon2/temp1" where a board has only these
  std::string type;  ///< "cpu-thermal", "x86_pkg_temp", ...
  std::optional<double> celsius;
  std::optional<double> throttle_celsius;  ///< lowest passive or hot trip point
  bool operator==(const ThermalZone&) const = default;
};

struct Throttling {
  std::optional<std::uint32_t> firmware_word;   ///< Raspberry Pi: get_throttled
  std::vector<std::string> firmware_flags;      ///< the word in text, see throttle_flags()
  std::optional<std::uint64_t> core_events;     ///< x86: sum of core_throttle_count, since boot
  std::optional<std::uint64_t> package_events;  ///< x86: the largest package_throttle_count
  std::optional<bool> undervoltage_alarm;       ///< a supply monitor's alarm bit
  bool operator==(const Throttling&) const = default;
};

struct PowerSupply {
  std::optional<bool> mains_online;
  std::optional<int> battery_percent;
  std::string battery_status;  ///< "Charging", "Discharging", "Full", ...
  bool operator==(const PowerSupply&) const = default;
};

/// How busy the machine was when it was read.
struct Activity {
  double load_1min = 0.0;
  double load_5min = 0.0;
  double load_15min = 0.0;
  double uptime_s = 0.0;
  std::optional<double> steal_share;  ///< part of all CPU time since boot that a hypervisor gave to others, 0..1
  bool operator==(const Activity&) const = default;
};

/// Something that measures energy or power on this board.
struct EnergyMeter {
  enum class Kind {
    kCounter,  ///< counts microjoules and wraps at `wrap_microjoules`
    kPower,    ///< shows the power of now in microwatts; energy is power times time, an estimate
  };
  std::string name;    ///< "package-0", "ina3221 VDD_IN"
  std::string source;  ///< "rapl", "hwmon", "ina2xx"
  Kind kind = Kind::kCounter;
  std::string path;          ///< the file read, relative to the root
  std::string voltage_path;  ///< when set, path is a current in mA and this a voltage in mV; power is the product
  std::uint64_t wrap_microjoules = 0;
  bool operator==(const EnergyMeter&) const = default;
};

struct EnergySupport {
  std::vector<EnergyMeter> meters;  ///< readable ones, the one that covers most of the board first
  std::string reason;               ///< why there is none
  bool operator==(const EnergySupport&) const = default;
};

struct Board {
  std::string name;  ///< what a person calls it: device-tree model, product name or CPU model
  std::string slug;  ///< name as a folder name: "raspberry-pi-4-model-b-rev-1-4"
  /// Same for every unit of this kind of board and after a new installation: slug, '-', 8 hex digits of the facts
  /// that decide speed (model, CPU, cores, instruction sets, whole GiB of memory). Two records with different ids
  /// are not comparable.
  std::string id;
  std::string
      unit;  ///< 8 hex digits that tell two units of one kind apart (hash of serial or machine id); may be empty

  std::string device_tree_model;
  std::string dmi_product;  ///< vendor and product of a PC
  CpuInfo cpu;
  MemoryInfo memory;
  OsInfo os;
  std::vector<FrequencyPolicy> frequencies;
  std::vector<ThermalZone> thermal_zones;
  Throttling throttling;
  PowerSupply power;
  Activity activity;
  EnergySupport energy;
  /// Switches that change how the runtimes behave (OMP_NUM_THREADS, TFLITE_*, ...) and are set.
  std::map<std::string, std::string> environment;

  bool operator==(const Board&) const = default;
};

/// Names that CpuInfo::isa may hold, in the order of the list.
[[nodiscard]] const std::vector<std::string>& known_isa_features();

/// The bits of a Raspberry Pi firmware's get_throttled word: "under-voltage now", "throttled since boot", ...
[[nodiscard]] std::vector<std::string> throttle_flags(std::uint32_t firmware_word);

/// Lower-case letters, digits and single dashes; at most 60 characters; "board" when nothing is left.
[[nodiscard]] std::string slug_of(const std::string& text);

/// Fills name, slug and id from the other fields (unit stays).
void identify_board(Board& board);

/// JSON object with every field; what the machine does not tell is null.
[[nodiscard]] nlohmann::json to_json(const Board& board);
/// The inverse. A missing key keeps its default; throws Error(kConfig) naming the key of a wrong type.
[[nodiscard]] Board board_from_json(const nlohmann::json& json);

}  // namespace qbench
