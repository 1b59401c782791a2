// SPDX-License-Identifier: Apache-2.0
#include "reports/comparability.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <set>

namespace qbench::reports {
namespace {

using Reasons = std::vector<std::string>;

constexpr std::uint64_t kGibibyte = 1ULL << 30;

std::string shown(const std::string& value) { return value.empty() ? "none" : "'" + value + "'"; }
template <typename Number>
std::string shown(Number value) {
  return fmt::format("{}", value);
}

template <typename Value>
void compare(const char* what, const Value& a, const Value& b, Reasons& reasons) {
  if (a != b) reasons.push_back(fmt::format("{} differs: {} and {}", what, shown(a), shown(b)));
}

/// Only where both tell.
template <typename Value>
void compare_told(const char* what, const std::optional<Value>& a, const std::optional<Value>& b, Reasons& reasons) {
  if (a && b) compare(what, *a, *b, reasons);
}

void compare_machines(const Board& a, const Board& b, Reasons& reasons) {
  const std::size_t before = reasons.size();
  compare("the board's model", a.device_tree_model, b.device_tree_model, reasons);
  compare("the CPU", a.cpu.model, b.cpu.model, reasons);
  compare("the count of CPUs", a.cpu.logical_cores, b.cpu.logical_cores, reasons);
  compare("the memory (GiB)", (a.memory.total_bytes + kGibibyte / 2) / kGibibyte,
          (b.memory.total_bytes + kGibibyte / 2) / kGibibyte, reasons);
  if (reasons.size() == before) compare("the board", a.id, b.id, reasons);
  if (!a.unit.empty() && !b.unit.empty()) compare("the unit of this kind of board", a.unit, b.unit, reasons);
  compare("the count of CPUs that the run was allowed", a.cpu.allowed_cores, b.cpu.allowed_cores, reasons);
  compare_told("the container's CPU quota", a.os.cgroup_cpu_quota, b.os.cgroup_cpu_quota, reasons);
  compare_told("the container's memory limit", a.memory.cgroup_limit_bytes, b.memory.cgroup_limit_bytes, reasons);
}

void compare_clocks(const Board& a, const Board& b, Reasons& reasons) {
  for (const FrequencyPolicy& policy : a.frequencies) {
    const auto other = std::ranges::find(b.frequencies, policy.name, &FrequencyPolicy::name);
    if (other == b.frequencies.end()) continue;
    compare(fmt::format("the governor of {}", policy.name).c_str(), policy.governor, other->governor, reasons);
    compare_told(fmt::format("the highest clock of {} (kHz)", policy.name).c_str(), policy.max_khz, other->max_khz,
                 reasons);
  }
  compare_told("the frequency boost", a.cpu.turbo, b.cpu.turbo, reasons);
  compare_told("two threads to a core", a.cpu.smt, b.cpu.smt, reasons);
  compare("what the firmware says of throttling", fmt::format("{}", fmt::join(a.throttling.firmware_flags, ", ")),
          fmt::format("{}", fmt::join(b.throttling.firmware_flags, ", ")), reasons);
}

void compare_environments(const Board& a, const Board& b, Reasons& reasons) {
  std::set<std::string> names;
  for (const auto& [name, value] : a.environment) names.insert(name);
  for (const auto& [name, value] : b.environment) names.insert(name);
  const auto value_in = [](const Board& board, const std::string& name) {
    const auto found = board.environment.find(name);
    return found == board.environment.end() ? std::string() : found->second;
  };
  for (const std::string& name : names) {
    compare(("the environment's " + name).c_str(), value_in(a, name), value_in(b, name), reasons);
  }
}

void compare_datasets(const Record& a, const Record& b, Reasons& reasons) {
  const auto hash = [](const Record& record) { return record.dataset ? record.dataset->sha256 : std::string(); };
  compare("the dataset", hash(a), hash(b), reasons);
}

void compare_recipes(const Pairing& pairing, Reasons& reasons) {
  for (const CellPair& pair : pairing.pairs) {
    compare(fmt::format("the recipe of '{}'", pair.a->id).c_str(), recipe_sha256(pair.a->recipe),
            recipe_sha256(pair.b->recipe), reasons);
  }
}

std::string place_of(const LaneRecord& lane) { return lane.cpu ? fmt::format("CPU {}", *lane.cpu) : "no single CPU"; }

/// CPUs of one machine may run at different speeds: big and little cores, or a shared host's neighbours.
void compare_places(const Pairing& pairing, Reasons& reasons) {
  std::set<std::string> found;
  for (const CellPair& pair : pairing.pairs) {
    for (const LaneRecord& lane : pair.a->lanes) {
      const auto other = std::ranges::find(pair.b->lanes, lane.batch, &LaneRecord::batch);
      if (other == pair.b->lanes.end() || lane.blocks.empty() || other->blocks.empty() || lane.cpu == other->cpu)
        continue;
      found.insert(fmt::format("the reference's workers stayed on {} and the candidate's on {}", place_of(lane),
                               place_of(*other)));
    }
  }
  reasons.insert(reasons.end(), found.begin(), found.end());
}

bool has_tag(const CellRecord& cell, std::string_view tag) {
  return std::ranges::any_of(
      cell.lanes, [tag](const LaneRecord& lane) { return std::ranges::find(lane.tags, tag) != lane.tags.end(); });
}

/// A cell that the board slowed down in one run and not in the other shows the board, not the cell. So does one that
/// others disturbed.
void compare_tags(const Pairing& pairing, Reasons& reasons) {
  for (const CellPair& pair : pairing.pairs) {
    for (const char* tag : {"throttled", "disturbed"}) {
      const bool a = has_tag(*pair.a, tag);
      if (a == has_tag(*pair.b, tag)) continue;
      reasons.push_back(fmt::format("'{}' was {} in the {} run only", pair.a->id, tag, a ? "reference" : "candidate"));
    }
  }
}

void note_partial(const Record& record, const char* which, Reasons& reasons) {
  if (record.partial) reasons.push_back(fmt::format("the {} run was interrupted", which));
}

}  // namespace

std::vector<std::string> reasons_against(const Record& a, const Record& b, const Pairing& pairing) {
  Reasons reasons;
  compare_machines(a.board, b.board, reasons);
  compare_clocks(a.board, b.board, reasons);
  compare_environments(a.board, b.board, reasons);
  compare_datasets(a, b, reasons);
  compare_recipes(pairing, reasons);
  compare_places(pairing, reasons);
  compare_tags(pairing, reasons);
  note_partial(a, "reference", reasons);
  note_partial(b, "candidate", reasons);
  return reasons;
}

}  // namespace qbench::reports
