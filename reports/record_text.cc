// SPDX-License-Identifier: Apache-2.0
#include "reports/record_text.h"
#include "core/units.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/json_text.h"
#include "core/units.h"
#include "reports/sustained_text.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr std::size_t kMostRepairsShown = 4;
constexpr std::size_t kMostSkippedShown = 50;

/// Smallest and largest of what the lanes did, for "8 to 24".
struct Span {
  int low = 0;
  int high = 0;
  bool any = false;
  void add(int value) {
    low = any ? std::min(low, value) : value;
    high = any ? std::max(high, value) : value;
    any = true;
  }
  [[nodiscard]] std::string text() const {
    return low == high ? std::to_string(low) : fmt::format("{} to {}", low, high);
  }
};

std::string os_line(const Board& board) {
  std::string line = fmt::format("system: {}, kernel {}", board.os.pretty_name, board.os.kernel);
  if (!board.os.virtualization.empty()) line += ", virtual machine (" + board.os.virtualization + ")";
  if (!board.os.container.empty()) line += ", container (" + board.os.container + ")";
  return line;
}

std::string look_text(const std::optional<AcceleratorLook>& look) {
  if (!look) return "not there";
  const std::string speed = look->speed_mbps ? fmt::format(", {:g} Mb/s", *look->speed_mbps) : "";
  return fmt::format("{} at {}, {}{}", look->id, look->port, look->state, speed);
}

std::string accelerator_line(const AcceleratorRecord& accelerator) {
  std::string line =
      fmt::format("{}: before: {}; after: {}", accelerator.name.empty() ? accelerator.family : accelerator.name,
                  look_text(accelerator.before), look_text(accelerator.after));
  if (!accelerator.runtime.empty()) line += "; runtime " + accelerator.runtime;
  if (!accelerator.problem.empty()) line += "; " + accelerator.problem;
  if (accelerator.lost) line += "; lost during the run";
  for (const std::string& warning : accelerator.warnings) line += "; " + warning;
  return line;
}

std::string compilation_line(const CompilationRecord& compilation) {
  std::string line = fmt::format("compiled for the accelerator: {} ops mapped, {} left to the CPU",
                                 compilation.mapped_ops, compilation.cpu_ops);
  for (const UnmappedOps& ops : compilation.unmapped) {
    line += fmt::format("; {} {}: {}", ops.count, ops.op, ops.reason);
  }
  return line + fmt::format(" ({})", compilation.version.empty() ? compilation.file : compilation.version);
}

/// From the first to the last block of a lane, the longest of all.
double seconds_of_rounds(const Record& record) {
  double longest = 0.0;
  for (const CellRecord& cell : record.cells) {
    for (const LaneRecord& lane : cell.lanes) {
      if (!lane.blocks.empty()) longest = std::max(longest, lane.blocks.back().start_s - lane.blocks.front().start_s);
    }
  }
  return longest;
}

/// "" where no place hangs on the order of the classes.
std::string tie_sentence(const std::optional<TieRecord>& ties, std::int64_t images, const char* place,
                         const char* figure) {
  if (!ties || ties->images == 0) return {};
  const auto percent = [images](std::int64_t right) {
    return fmt::format("{:.2f}", kPercent * static_cast<double>(right) / static_cast<double>(images));
  };
  std::string text =
      fmt::format("in {} of {} images equal scores cross the {} place; {} ", ties->images, images, place, figure);
  if (ties->low == ties->high) return text + fmt::format("is {} % in whatever order", percent(ties->low));
  return text + fmt::format("lies between {} and {} %, by their order", percent(ties->low), percent(ties->high));
}

}  // namespace

std::vector<std::string> accelerator_lines(const Record& record) {
  std::vector<std::string> lines;
  for (const CellRecord& cell : record.cells) {
    if (cell.model.compilation) lines.push_back(cell.id + ": " + compilation_line(*cell.model.compilation));
    for (const LaneRecord& lane : cell.lanes) {
      if (!lane.accelerator) continue;
      lines.push_back(fmt::format("{}, batch {}: {}", cell.id, lane.batch, accelerator_line(*lane.accelerator)));
    }
  }
  return lines;
}

std::vector<std::string> board_lines(const Board& board) {
  std::vector<std::string> lines{fmt::format("board: {} (id {})", board.name, board.id)};
  const CpuInfo& cpu = board.cpu;
  lines.push_back(fmt::format("CPU: {}, {}, {} cores ({} physical, {} allowed)", cpu.model, cpu.architecture,
                              cpu.logical_cores, cpu.physical_cores, cpu.allowed_cores));
  if (!cpu.isa.empty()) lines.push_back(fmt::format("instruction sets: {}", fmt::join(cpu.isa, " ")));
  lines.push_back(fmt::format("memory: {}", bytes_text(static_cast<std::int64_t>(board.memory.total_bytes))));
  lines.push_back(os_line(board));
  for (const FrequencyPolicy& policy : board.frequencies) {
    lines.push_back(fmt::format("clock {}: governor {}{}", policy.name, policy.governor,
                                policy.max_khz ? fmt::format(", up to {} MHz", *policy.max_khz / 1000) : ""));
  }
  for (const ThermalZone& zone : board.thermal_zones) {
    if (zone.celsius) lines.push_back(fmt::format("temperature {}: {:.1f} \u00b0C", zone.type, *zone.celsius));
  }
  for (const std::string& flag : board.throttling.firmware_flags) lines.push_back("throttling: " + flag);
  lines.push_back(energy_line(board));
  lines.push_back(fmt::format("load at the start: {:.2f}", board.activity.load_1min));
  if (board.activity.steal_share) {
    lines.push_back(
        fmt::format("CPU time given to others by the hypervisor: {:.1f} %", 100.0 * *board.activity.steal_share));
  }
  for (const auto& [name, value] : board.environment) lines.push_back(fmt::format("environment: {}={}", name, value));
  return lines;
}

std::vector<std::string> method_lines(const Record& record) {
  Span dropped;
  Span timed;
  Span turns;
  Span rounds;
  Span cpus;
  for (const CellRecord& cell : record.cells) {
    for (const LaneRecord& lane : cell.lanes) {
      if (lane.blocks.empty()) continue;
      dropped.add(lane.dropped);
      timed.add(lane.timed);
      turns.add(lane.turns);
      rounds.add(static_cast<int>(lane.blocks.size()));
      if (lane.cpu) cpus.add(*lane.cpu);
    }
  }
  std::vector<std::string> lines{
      "every cell runs in worker processes of its own; only the invoke is inside the clock (CLOCK_MONOTONIC), copies "
      "and preprocessing are timed apart"};
  if (rounds.any) {
    lines.push_back(
        fmt::format("the workers take turns in an order drawn anew each time (seed {}): {} rounds, in each {} turns a "
                    "lane, in each turn {} invokes dropped to warm up and {} timed",
                    record.seed, rounds.text(), turns.text(), dropped.text(), timed.text()));
  }
  if (cpus.any) lines.push_back(fmt::format("workers of one thread stay on CPU {} while they are timed", cpus.text()));
  if (!record.board_series.empty()) {
    lines.push_back(fmt::format("the board was sampled {} times between blocks, {:.0f} \u00b5s each",
                                record.board_series.size(), record.board_sample_us));
  }
  lines.emplace_back(
      "p50, p90, p95 and p99 are over all timed invokes, none is left out; p90 needs 64 of them, p95 130, p99 662");
  lines.emplace_back(
      "the speed-up's verdict is made from the rounds: log ratio of the two medians in each, exact order-statistic "
      "interval of their median (Yuen's under 30 rounds, no verdict under 10)");
  lines.push_back(
      fmt::format("a batch size was timed over {:.0f} s at most: the interval carries what the machine changed in that "
                  "time, nothing carries what it changes more slowly",
                  seconds_of_rounds(record)));
  lines.emplace_back(
      "accuracy is compared on the same images: exact McNemar test, Bonett-Price interval of the difference");
  return lines;
}

std::string skipped_sentence(const Record& record) {
  if (!record.dataset || record.dataset->skipped_images.empty()) return {};
  const DatasetRecord& data = *record.dataset;
  const SkippedImage& first = data.skipped_images.front();
  return fmt::format("{} of {} skipped{}: {}: {}", data.skipped, data.samples,
                     data.skipped > 1 ? " (report.json names them), the first" : "", first.id, first.reason);
}

std::vector<std::string> dataset_lines(const Record& record) {
  if (!record.dataset) return {};
  const DatasetRecord& data = *record.dataset;
  std::vector<std::string> lines{fmt::format("{} at {}: {} samples, {} skipped, {} classes, SHA-256 {}", data.kind,
                                             data.path, data.samples, data.skipped, data.class_names.size(),
                                             data.sha256)};
  if (!data.class_order.empty()) lines.push_back("order of the classes: " + data.class_order);
  lines.insert(lines.end(), data.notes.begin(), data.notes.end());
  if (data.reoriented > 0) lines.push_back(fmt::format("turned by their EXIF orientation: {} images", data.reoriented));
  for (std::size_t i = 0; i < data.skipped_images.size() && i < kMostSkippedShown; ++i) {
    lines.push_back(fmt::format("skipped {}: {}", data.skipped_images[i].id, data.skipped_images[i].reason));
  }
  if (data.skipped > static_cast<std::int64_t>(kMostSkippedShown)) lines.emplace_back("more of them in report.json");
  return lines;
}

std::string threshold_sentence(const CellRecord& cell) {
  if (!cell.accuracy || !cell.accuracy->threshold || cell.accuracy->images == 0) return {};
  const ThresholdRecord& threshold = *cell.accuracy->threshold;
  if (threshold.best == threshold.used) {
    return fmt::format("threshold {:g}: no other is right for more of these images", threshold.used);
  }
  return fmt::format("threshold {:g}; {:.3g} would be right for {} of {} (on the same images)", threshold.used,
                     threshold.best, threshold.correct, cell.accuracy->images);
}

std::vector<std::string> accuracy_sentences(const CellRecord& cell) {
  std::vector<std::string> sentences;
  if (!cell.accuracy || cell.accuracy->images == 0) return sentences;
  const AccuracyRecord& accuracy = *cell.accuracy;
  const auto add = [&](std::string sentence) {
    if (!sentence.empty()) sentences.push_back(std::move(sentence));
  };
  add(threshold_sentence(cell));
  add(tie_sentence(accuracy.top1_ties, accuracy.images, "first", "top-1"));
  add(tie_sentence(accuracy.top5_ties, accuracy.images, "fifth", "top-5"));
  return sentences;
}

std::vector<std::string> accuracy_lines(const Record& record) {
  std::vector<std::string> lines;
  for (const CellRecord& cell : record.cells) {
    for (const std::string& sentence : accuracy_sentences(cell)) lines.push_back(cell.id + ": " + sentence);
  }
  return lines;
}

std::vector<std::string> warning_lines(const Record& record) {
  std::vector<std::string> lines = record.warnings;
  for (const CellRecord& cell : record.cells) {
    for (const std::string& warning : cell.warnings) lines.push_back(cell.id + ": " + warning);
    for (const std::string& repair : cell.repairs) lines.push_back(cell.id + ": repaired: " + repair);
  }
  return lines;
}

std::vector<std::string> repair_sentences(const CellRecord& cell) {
  std::vector<std::string> lines;
  for (const std::string& repair : cell.repairs) {
    if (lines.size() == kMostRepairsShown) {
      lines.push_back(fmt::format("repaired: {} more, see report.json", cell.repairs.size() - kMostRepairsShown));
      break;
    }
    lines.push_back("repaired: " + repair);
  }
  return lines;
}

std::vector<std::string> settings_lines(const Record& record) {
  const auto json = nlohmann::json::parse(record.settings_json, nullptr, false);  // sorted: the same after a reread
  if (json.is_discarded()) return {"{}"};
  std::istringstream stream(json_text(json, 2));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

}  // namespace qbench::reports
