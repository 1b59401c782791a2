// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/binding.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/files.h"
#include "core/sha256.h"
#include "datasets/dataset.h"
#include "harness/engine/cell_state.h"
#include "harness/engine/file_watch.h"
#include "harness/engine/latency_cpu.h"

namespace qbench::engine {
namespace {

std::string shortened(const std::string& text) {
  constexpr std::size_t kShown = 60;
  if (text.empty()) return "nothing";
  return text.size() <= kShown ? text : text.substr(0, kShown) + "...";
}

std::string settings_text(const RunSettings& settings, std::initializer_list<std::string_view> names) {
  const nlohmann::ordered_json all = dump_options(run_option_table(), settings);
  std::string text;
  for (const std::string_view name : names) {
    text += fmt::format("{}{}={}", text.empty() ? "" : " ", name, all.at(std::string(name)).dump());
  }
  return text;
}

std::string delegate_text(const CellState& cell) {
  const runners::DelegateOptions& delegate = cell.plan->options.delegate;
  if (delegate.library.empty()) return {};
  std::string text = delegate.library.string();
  if (!cell.delegate_sha256.empty()) text += " " + cell.delegate_sha256;
  for (const auto& [key, value] : delegate.options) text += fmt::format(" {}={}", key, value);
  return text;
}

/// What every piece of a cell depends on.
Binding common_parts(const RunState& run, const CellState& cell) {
  const CellPlan& plan = *cell.plan;
  Binding parts{{"model", cell.record.model.sha256},
                {"tensors", to_json(cell.view).dump()},
                {"runner", plan.runner},
                {"kernels", fmt::format("{}, in effect {}", kernels_name(plan.options.kernels), cell.runner.kernels)},
                {"library", fmt::format("{} {}", cell.runner.library, cell.runner.library_sha256)},
                {"threads", std::to_string(plan.options.threads)},
                {"worker", cell.worker_sha256},
                {"board", run.board_identity}};
  if (!cell.record.repairs.empty()) parts["repairs"] = fmt::format("{}", fmt::join(cell.record.repairs, "; "));
  if (std::string delegate = delegate_text(cell); !delegate.empty()) parts["delegate"] = std::move(delegate);
  return parts;
}

Binding fed_parts(const RunState& run, const CellState& cell) {
  Binding parts = common_parts(run, cell);
  parts["recipe"] = to_json(cell.record.recipe).dump();
  parts["dataset"] = run.dataset_identity;
  return parts;
}

void add_file(Sha256& hash, const std::filesystem::path& file) {
  struct stat info {};
  if (::stat(file.c_str(), &info) != 0) return;
  const auto text = fmt::format("{} {}.{}", info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  hash.update(std::as_bytes(std::span(text)));
}

}  // namespace

std::string binding_difference(const Binding& then, const Binding& now) {
  if (then.empty()) return "what it was measured of was not noted";
  std::string text;
  const auto tell = [&text](const std::string& part, const std::string& was, const std::string& is) {
    text += fmt::format("{}{}: was {}, is {}", text.empty() ? "" : "; ", part, shortened(was), shortened(is));
  };
  for (const auto& [part, value] : now) {
    const auto before = then.find(part);
    const std::string was = before == then.end() ? "" : before->second;
    if (was != value) tell(part, was, value);
  }
  for (const auto& [part, value] : then) {
    if (!now.contains(part) && !value.empty()) tell(part, value, "");
  }
  return text;
}

Binding lane_binding(const RunState& run, const CellState& cell, int batch) {
  Binding parts = fed_parts(run, cell);
  parts["batch"] = std::to_string(batch);
  parts["settings"] = settings_text(run.plan.settings, {"seed", "rounds", "early_stop", "min_rounds", "max_seconds",
                                                        "max_block_seconds", "restart_rounds", "pin", "rebatch"});
  if (fits_one_cpu(*cell.plan) && run.latency_cpu) parts["cpu"] = std::to_string(*run.latency_cpu);
  return parts;
}

Binding accuracy_binding(const RunState& run, const CellState& cell) {
  Binding parts = fed_parts(run, cell);
  parts["settings"] = settings_text(run.plan.settings, {"eval_batch", "rebatch", "keep_scores"});
  return parts;
}

Binding sustained_binding(const RunState& run, const CellState& cell) {
  Binding parts = fed_parts(run, cell);
  parts["settings"] = settings_text(run.plan.settings, {"sustain_s", "rebatch"});
  return parts;
}

Binding recipe_binding(const RunState& run, const CellState& cell) {
  Binding parts = common_parts(run, cell);
  parts["dataset"] = run.dataset_identity;
  return parts;
}

std::string dataset_selection(const datasets::Dataset* dataset, const std::string& root) {
  if (dataset == nullptr) return "noise";
  Sha256 hash;
  const auto add = [&hash](const std::string& text) {
    hash.update(std::as_bytes(std::span(text.c_str(), text.size() + 1)));  // the 0 keeps texts apart
  };
  for (const std::string& name : dataset->class_names()) add(name);
  for (const datasets::Sample& sample : dataset->samples()) {
    add(sample.id);
    add(std::to_string(sample.label));
    if (!root.empty()) add_file(hash, std::filesystem::path(root) / sample.id.substr(0, sample.id.rfind('#')));
  }
  return fmt::format("{} {}, {} samples", dataset->kind(), hash.finish(), dataset->samples().size());
}

bool can_pass(const Outcome& outcome) {
  constexpr std::array kFromOutside{SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
  if (outcome.ok()) return false;
  if (outcome.status == Status::kCancelled) return true;
  const bool killed = outcome.status == Status::kCrashed || outcome.status == Status::kOom;
  if (killed && std::ranges::find(kFromOutside, outcome.signal) != kFromOutside.end()) return true;
  if (outcome.status != Status::kError) return false;
  // An outcome keeps the words of what went wrong, not its number.
  for (const int number : {ENOSPC, EDQUOT, EFBIG, EMFILE, ENFILE, EAGAIN, EIO, ENOMEM}) {
    if (outcome.reason.find(errno_text(number)) != std::string::npos) return true;
  }
  return outcome.reason.find(kChangedDuringRun) != std::string::npos;
}

bool can_pass(const LaneRecord& lane) {
  if (can_pass(lane.outcome)) return true;
  return !lane.outcome.ok() && lane.accelerator && (lane.accelerator->lost || !lane.accelerator->problem.empty());
}

}  // namespace qbench::engine
