// SPDX-License-Identifier: Apache-2.0
#include "harness/board/cpu_isa.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "core/board.h"
#include "core/system_tree.h"

namespace qbench {

namespace {

struct ArmPart {
  std::string_view implementer;
  std::string_view part;
  std::string_view name;
};

// Main ID register values, as the Linux kernel's asm/cputype.h names them.
constexpr std::array<ArmPart, 42> kArmParts = {{
    {"0x41", "0xc05", "Cortex-A5"},       {"0x41", "0xc07", "Cortex-A7"},       {"0x41", "0xc08", "Cortex-A8"},
    {"0x41", "0xc09", "Cortex-A9"},       {"0x41", "0xc0e", "Cortex-A17"},      {"0x41", "0xc0f", "Cortex-A15"},
    {"0x41", "0xd01", "Cortex-A32"},      {"0x41", "0xd03", "Cortex-A53"},      {"0x41", "0xd04", "Cortex-A35"},
    {"0x41", "0xd05", "Cortex-A55"},      {"0x41", "0xd07", "Cortex-A57"},      {"0x41", "0xd08", "Cortex-A72"},
    {"0x41", "0xd09", "Cortex-A73"},      {"0x41", "0xd0a", "Cortex-A75"},      {"0x41", "0xd0b", "Cortex-A76"},
    {"0x41", "0xd0c", "Neoverse-N1"},     {"0x41", "0xd0d", "Cortex-A77"},      {"0x41", "0xd0e", "Cortex-A76AE"},
    {"0x41", "0xd40", "Neoverse-V1"},     {"0x41", "0xd41", "Cortex-A78"},      {"0x41", "0xd42", "Cortex-A78AE"},
    {"0x41", "0xd44", "Cortex-X1"},       {"0x41", "0xd46", "Cortex-A510"},     {"0x41", "0xd47", "Cortex-A710"},
    {"0x41", "0xd48", "Cortex-X2"},       {"0x41", "0xd49", "Neoverse-N2"},     {"0x41", "0xd4a", "Neoverse-E1"},
    {"0x41", "0xd4b", "Cortex-A78C"},     {"0x41", "0xd4d", "Cortex-A715"},     {"0x41", "0xd4e", "Cortex-X3"},
    {"0x41", "0xd4f", "Neoverse-V2"},     {"0x41", "0xd80", "Cortex-A520"},     {"0x41", "0xd81", "Cortex-A720"},
    {"0x41", "0xd82", "Cortex-X4"},       {"0x4e", "0x003", "Denver 2"},        {"0x4e", "0x004", "Carmel"},
    {"0x51", "0x802", "Kryo 3xx Gold"},   {"0x51", "0x803", "Kryo 3xx Silver"}, {"0x51", "0x804", "Kryo 4xx Gold"},
    {"0x51", "0x805", "Kryo 4xx Silver"}, {"0x48", "0xd01", "TaiShan v110"},    {"0xc0", "0xac3", "Ampere-1"},
}};

struct Renamed {
  std::string_view kernel;
  std::string_view feature;
};

// The kernel's words for Arm features; x86 words are taken as they are.
constexpr std::array<Renamed, 9> kArmFeatures = {{
    {"neon", "neon"},
    {"asimd", "neon"},
    {"asimdhp", "fp16"},
    {"asimddp", "dotprod"},
    {"i8mm", "i8mm"},
    {"bf16", "bf16"},
    {"sve", "sve"},
    {"sve2", "sve2"},
    {"sme", "sme"},
}};

using WordSet = std::set<std::string, std::less<>>;

WordSet word_set(std::string_view text, std::string_view separators = " ") {
  const std::vector<std::string> words = words_of(text, separators);
  return {words.begin(), words.end()};
}

void add_riscv_features(std::string_view isa, WordSet& found) {
  constexpr std::size_t kBaseLength = 4;  // "rv64"
  const std::string_view letters = isa.substr(0, isa.find('_'));
  if (letters.size() > kBaseLength && letters.substr(kBaseLength).find('v') != std::string_view::npos) {
    found.insert("rvv");
  }
  const auto extensions = word_set(isa, "_");
  for (const char* name : {"zfh", "zvfh"}) {
    if (extensions.contains(name)) found.insert(name);
  }
}

using Setter = std::string CpuinfoCore::*;

const std::map<std::string, Setter, std::less<>>& fields_by_key() {
  static const std::map<std::string, Setter, std::less<>> fields = {
      {"vendor_id", &CpuinfoCore::vendor},
      {"mvendorid", &CpuinfoCore::vendor},
      {"model name", &CpuinfoCore::model_name},
      {"CPU implementer", &CpuinfoCore::implementer},
      {"CPU part", &CpuinfoCore::part},
      {"uarch", &CpuinfoCore::uarch},
      {"flags", &CpuinfoCore::flags},
      {"Features", &CpuinfoCore::features},
      {"isa", &CpuinfoCore::isa},
      {"cpu MHz", &CpuinfoCore::mhz},
      {"physical id", &CpuinfoCore::physical_id},
      {"core id", &CpuinfoCore::core_id},
  };
  return fields;
}

}  // namespace

std::vector<CpuinfoCore> parse_cpuinfo(std::string_view text) {
  std::vector<CpuinfoCore> cores;
  bool inside = false;
  for (const std::string& line : lines_of(text)) {
    const std::optional<KeyValue> entry = split_key_value(line);
    if (!entry) {
      // A blank line ends the block; what follows may be about the whole board ("Hardware", "Model").
      if (trimmed(line).empty()) inside = false;
      continue;
    }
    const std::optional<std::int64_t> number = parse_integer(entry->value);
    if (entry->key == "processor" && number) {
      cores.emplace_back().processor = static_cast<int>(*number);
      inside = true;
    } else if (inside) {
      const auto field = fields_by_key().find(entry->key);
      if (field != fields_by_key().end()) cores.back().*(field->second) = std::string(entry->value);
    }
  }
  return cores;
}

std::string architecture_of(const CpuinfoCore& core) {
  if (!core.flags.empty()) return word_set(core.flags).contains("lm") ? "x86_64" : "i686";
  if (core.isa.starts_with("rv64")) return "riscv64";
  if (core.isa.starts_with("rv32")) return "riscv32";
  if (core.features.empty()) return "";
  const auto features = word_set(core.features);
  return features.contains("thumb") || features.contains("half") || !features.contains("fp") ? "arm" : "aarch64";
}

std::string core_name(const CpuinfoCore& core) {
  if (!core.implementer.empty()) {
    for (const ArmPart& known : kArmParts) {
      if (known.implementer == core.implementer && known.part == core.part) return std::string(known.name);
    }
    return "Arm core " + core.implementer + ":" + core.part;
  }
  return core.uarch.empty() ? core.model_name : core.uarch;
}

std::vector<std::string> isa_features(const CpuinfoCore& core) {
  WordSet found = word_set(core.flags);
  const auto arm = word_set(core.features);
  for (const auto& [kernel, feature] : kArmFeatures) {
    if (arm.contains(kernel)) found.emplace(feature);
  }
  add_riscv_features(core.isa, found);
  std::vector<std::string> features;
  for (const std::string& known : known_isa_features()) {
    if (found.contains(known)) features.push_back(known);
  }
  return features;
}

}  // namespace qbench
