// SPDX-License-Identifier: Apache-2.0
#include "reports/slowness.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>
#include <set>

#include "reports/latency_columns.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr double kConversionShare = 0.10;
constexpr double kSmallOpUs = 5.0;  // dispatch and threads cost some microseconds an op
constexpr double kBusy = 0.9;       // of the CPU time that the threads could use
constexpr double kNoGain = 0.95;    // more threads that save less than 5 % are no gain
constexpr std::size_t kMostOpKinds = 4;

const std::set<std::string>& integer_precisions() {
  static const std::set<std::string> kNames{"int8", "int8-float-io", "uint8", "int16x8", "dynamic"};
  return kNames;
}

bool computes_in_int8(const CellRecord& cell) {
  return cell.model.precision == "int8" || cell.model.precision == "int8-float-io" || cell.model.precision == "uint8";
}

bool has_any(const std::vector<std::string>& isa, std::initializer_list<const char*> names) {
  return std::ranges::any_of(names, [&](const char* name) { return std::ranges::find(isa, name) != isa.end(); });
}

/// "8 CONV_2D, 2 ADD and 3 other"
std::string ops_text(const std::map<std::string, int>& ops) {
  std::vector<std::pair<std::string, int>> sorted(ops.begin(), ops.end());
  std::ranges::stable_sort(sorted, std::greater<>(), [](const auto& entry) { return entry.second; });
  std::string text;
  int others = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i < kMostOpKinds) {
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", sorted[i].second, sorted[i].first);
    } else {
      others += sorted[i].second;
    }
  }
  return others > 0 ? fmt::format("{} and {} other", text, others) : text;
}

int count_of(const std::map<std::string, int>& ops) {
  return std::accumulate(ops.begin(), ops.end(), 0, [](int sum, const auto& entry) { return sum + entry.second; });
}

/// Major and minor of "2.9.0"; {0, 0} when the text has another form.
std::pair<int, int> version_of(const std::string& text) {
  std::pair<int, int> version{0, 0};
  const char* end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.first);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return {0, 0};
  const auto minor = std::from_chars(major.ptr + 1, end, version.second);
  return minor.ec == std::errc() ? version : std::pair{0, 0};
}

using Causes = std::vector<std::string>;

void add_tags(const SlownessCase& slow, Causes& causes) {
  for (const std::string& reason : slow.lane.tag_reasons) causes.push_back("the board was not steady: " + reason);
}

void add_refusals(const SlownessCase& slow, Causes& causes) {
  const RunnerRecord& runner = slow.lane.runner;
  if (runner.kernels == "builtin" && slow.cell.kernels == "builtin") {
    causes.emplace_back("the built-in kernels were asked for, so XNNPACK does not run");
  } else if (runner.kernels == "builtin") {
    const auto note = std::ranges::find_if(runner.notes, [](const auto& text) { return text.starts_with("built-in"); });
    causes.push_back(note != runner.notes.end() ? *note : "the built-in kernels run, not the accelerated ones");
  } else if (runner.accelerated_parts > 0 && !runner.builtin_ops.empty()) {
    causes.push_back(fmt::format("partly accelerated: {} runs {} part{}, {} op{} stay{} with the built-in kernels ({})",
                                 runner.kernels == "delegate" ? "the delegate" : "XNNPACK", runner.accelerated_parts,
                                 runner.accelerated_parts == 1 ? "" : "s", count_of(runner.builtin_ops),
                                 count_of(runner.builtin_ops) == 1 ? "" : "s",
                                 count_of(runner.builtin_ops) == 1 ? "s" : "", ops_text(runner.builtin_ops)));
  }
}

void add_accelerator(const SlownessCase& slow, Causes& causes) {
  const auto& compilation = slow.cell.model.compilation;
  if (compilation && compilation->cpu_ops > 0 && slow.lane.runner.kernels == "delegate") {
    std::map<std::string, int> ops;
    for (const UnmappedOps& unmapped : compilation->unmapped) ops[unmapped.op] += unmapped.count;
    causes.push_back(fmt::format("the compiler mapped {} ops to the accelerator and left {} to the CPU ({})",
                                 compilation->mapped_ops, compilation->cpu_ops, ops_text(ops)));
  }
  if (!slow.lane.accelerator) return;
  for (const std::string& warning : slow.lane.accelerator->warnings) causes.push_back("accelerator: " + warning);
}

void add_hybrid(const SlownessCase& slow, Causes& causes) {
  if (slow.cell.model.precision != "dynamic" || slow.lane.runner.builtin_ops.empty()) return;
  causes.emplace_back(
      "hybrid kernels: a dynamic-range model quantizes its activations anew at every invoke, in built-in kernels");
}

void add_instructions(const SlownessCase& slow, Causes& causes) {
  if (!computes_in_int8(slow.cell) || slow.lane.runner.kernels == "delegate") return;
  const CpuInfo& cpu = slow.record.board.cpu;
  const bool x86 = cpu.architecture == "x86_64" || cpu.architecture == "i686";
  const bool arm = cpu.architecture == "aarch64" || cpu.architecture.starts_with("arm");
  const bool has_dot = x86   ? has_any(cpu.isa, {"avx512_vnni", "avx_vnni", "amx_int8"})
                       : arm ? has_any(cpu.isa, {"dotprod", "i8mm"})
                             : true;
  if (!cpu.isa.empty() && !has_dot) {
    causes.push_back(
        fmt::format("this CPU has no instruction for int8 dot products ({}): int8 needs as many "
                    "instructions as float",
                    x86 ? "AVX-VNNI, AVX512-VNNI or AMX" : "dotprod or i8mm"));
  }
  // XNNPACK's first VNNI kernels are of the end of 2023; 2.9.0's library holds no VNNI instruction at all.
  const auto version = version_of(slow.lane.runner.version);
  if (x86 && has_dot && slow.lane.runner.name == "tflite" && version > std::pair{0, 0} && version < std::pair{2, 14}) {
    causes.push_back(
        fmt::format("the runtime is older than the instructions: TensorFlow Lite {} has no VNNI kernels, "
                    "which this CPU could run",
                    slow.lane.runner.version));
  }
}

void add_16x8(const SlownessCase& slow, Causes& causes) {
  if (slow.cell.model.precision != "int16x8" || slow.lane.runner.kernels != "builtin") return;
  causes.emplace_back("16-bit activations have no fast kernels: the reference kernels run");
}

void add_conversions(const SlownessCase& slow, Causes& causes) {
  const ModelRecord& model = slow.cell.model;
  if (model.ops == 0 || model.conversion_ops < kConversionShare * model.ops) return;
  causes.push_back(fmt::format("{} of {} ops only convert between float and integer (QUANTIZE, DEQUANTIZE)",
                               model.conversion_ops, model.ops));
}

void add_size(const SlownessCase& slow, Causes& causes) {
  const ModelRecord& model = slow.cell.model;
  if (model.ops == 0 || slow.lane.batch != 1 || slow.lane.runner.kernels == "delegate") return;
  const double per_op_us = slow.compared.latency->p50_ms * 1e3 / model.ops;
  if (per_op_us >= kSmallOpUs) return;
  causes.push_back(
      fmt::format("too small to gain: {:.1f} \u00b5s an op ({} ops, {} MACs), so the cost of starting an "
                  "op weighs as much as its arithmetic",
                  per_op_us, model.ops, model.macs));
}

/// The same variant at fewer threads and the same batch that is as fast.
const CellRecord* as_fast_with_fewer(const SlownessCase& slow) {
  for (const CellRecord& other : slow.record.cells) {
    if (other.variant != slow.cell.variant || other.threads >= slow.cell.threads) continue;
    const LaneRecord* lane = other.lane(slow.lane.batch);
    const std::optional<LatencyColumns> latency = lane != nullptr ? latency_columns(*lane) : std::nullopt;
    if (latency && slow.compared.latency->p50_ms > kNoGain * latency->p50_ms) return &other;
  }
  return nullptr;
}

void add_threads(const SlownessCase& slow, Causes& causes) {
  const int threads = slow.cell.threads;
  const int allowed = slow.record.board.cpu.allowed_cores;
  if (threads > 1 && allowed > 0 && threads > allowed) {
    causes.push_back(fmt::format("{} threads share {} CPUs and wait for each other", threads, allowed));
  }
  const double wall_ms = slow.compared.latency->mean_ms;
  if (threads < 2 || wall_ms <= 0.0 || slow.lane.cpu_ms < kBusy * threads * wall_ms) return;
  if (const CellRecord* other = as_fast_with_fewer(slow)) {
    causes.push_back(
        fmt::format("spinning threads: {:.3g} ms of CPU time for {:.3g} ms of wall time, yet it is as fast with "
                    "{} thread{}",
                    slow.lane.cpu_ms, wall_ms, other->threads, other->threads == 1 ? "" : "s"));
  }
}

void add_batching(const SlownessCase& slow, Causes& causes) {
  if (slow.lane.batching != "singles") return;
  causes.push_back(
      fmt::format("the model is pinned to batch 1: a batch of {} is that many single invokes", slow.lane.batch));
}

}  // namespace

bool asks_for_causes(const CellRecord& cell, const LaneComparison& compared) {
  if (!compared.speed_up || !compared.latency) return false;
  const std::string& verdict = compared.speed_up->verdict;
  if (verdict == "SLOWER") return true;
  return integer_precisions().contains(cell.model.precision) &&
         (verdict == "EQUIVALENT" || verdict == "DIFFERENT BUT SMALL");
}

std::vector<std::string> slowness_causes(const SlownessCase& slow) {
  Causes causes;
  if (!asks_for_causes(slow.cell, slow.compared)) return causes;
  for (const auto add : {add_refusals, add_accelerator, add_hybrid, add_16x8, add_instructions, add_batching,
                         add_conversions, add_threads, add_size, add_tags}) {
    add(slow, causes);
  }
  return causes;
}

}  // namespace qbench::reports
