// SPDX-License-Identifier: Apache-2.0
#include "reports/gbench_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/metrics/descriptive.h"
#include "core/units.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

using Json = nlohmann::ordered_json;

/// Google Benchmark says so itself which clocks are behind real_time and cpu_time.
constexpr const char* kClocks = "process_time/real_time";
constexpr double kNanosecondsPerSecond = 1e9;

std::string cache_type(const std::string& type) {
  if (type == "data") return "Data";
  return type == "instruction" ? "Instruction" : "Unified";
}

Json context_of(const Record& record) {
  const Board& board = record.board;
  const auto scales = [](const FrequencyPolicy& policy) { return policy.governor != "performance"; };
  Json json = {{"date", record.created_utc}, {"host_name", board.os.hostname}, {"executable", "qbench"}};
  json["num_cpus"] = board.cpu.logical_cores;
  json["mhz_per_cpu"] = std::llround(board.cpu.reported_mhz.value_or(0.0));
  json["cpu_scaling_enabled"] = std::ranges::any_of(board.frequencies, scales);
  json["caches"] = Json::array();
  for (const CpuCache& cache : board.cpu.caches) {
    const int sharing = board.cpu.logical_cores / std::max(1, cache.instances);
    json["caches"].push_back({{"type", cache_type(cache.type)},
                              {"level", cache.level},
                              {"size", cache.bytes},
                              {"num_sharing", std::max(1, sharing)}});
  }
  json["load_avg"] = {board.activity.load_1min, board.activity.load_5min, board.activity.load_15min};
  json["library_build_type"] = "release";
  json["qbench_run"] = record.name;
  json["qbench_version"] = record.qbench_version;
  json["qbench_board"] = board.id;
  return json;
}

/// What every entry of one benchmark shares.
struct Benchmark {
  std::string name;
  int family = 0;
  int instance = 0;
  int batch = 1;
  int model_threads = 1;
  double cpu_ns = 0.0;
  double mean_ns = 0.0;    ///< over all invokes, as in every other report
  double median_ns = 0.0;  ///< the same
  std::vector<double> repetitions_ns;
  std::vector<std::size_t> iterations;
};

Json entry_of(const Benchmark& benchmark, const std::string& name_suffix, const char* run_type) {
  Json json = {{"name", benchmark.name + name_suffix},
               {"family_index", benchmark.family},
               {"per_family_instance_index", benchmark.instance},
               {"run_name", benchmark.name},
               {"run_type", run_type},
               {"repetitions", benchmark.repetitions_ns.size()}};
  return json;
}

Json repetition_of(const Benchmark& benchmark, std::size_t index) {
  const double real_ns = benchmark.repetitions_ns[index];
  Json json = entry_of(benchmark, "", "iteration");
  json["repetition_index"] = index;
  json["threads"] = 1;
  json["iterations"] = benchmark.iterations[index];
  json["real_time"] = real_ns;
  json["cpu_time"] = benchmark.cpu_ns;
  json["time_unit"] = "ns";
  json["items_per_second"] = real_ns > 0.0 ? kNanosecondsPerSecond * benchmark.batch / real_ns : 0.0;
  json["model_threads"] = benchmark.model_threads;
  return json;
}

Json aggregate_of(const Benchmark& benchmark, const std::string& name, const char* unit, double real, double cpu) {
  Json json = entry_of(benchmark, "_" + name, "aggregate");
  json["threads"] = 1;
  json["aggregate_name"] = name;
  json["aggregate_unit"] = unit;
  json["iterations"] = benchmark.repetitions_ns.size();
  json["real_time"] = real;
  json["cpu_time"] = cpu;
  json["time_unit"] = "ns";
  return json;
}

void add_benchmark(const Benchmark& benchmark, Json& list) {
  const std::vector<double>& times = benchmark.repetitions_ns;
  for (std::size_t i = 0; i < times.size(); ++i) list.push_back(repetition_of(benchmark, i));
  if (times.size() < 2) return;
  const double mean = benchmark.mean_ns;
  const double deviation = std::sqrt(metrics::sample_variance(times));
  list.push_back(aggregate_of(benchmark, "mean", "time", mean, benchmark.cpu_ns));
  list.push_back(aggregate_of(benchmark, "median", "time", benchmark.median_ns, benchmark.cpu_ns));
  list.push_back(aggregate_of(benchmark, "stddev", "time", deviation, 0.0));
  list.push_back(aggregate_of(benchmark, "cv", "percentage", mean > 0.0 ? deviation / mean : 0.0, 0.0));
}

Benchmark benchmark_of(const LaneRecord& lane, const std::string& label, const std::optional<LatencyColumns>& latency) {
  Benchmark benchmark;
  if (latency) {
    benchmark.mean_ns = latency->mean_ms * kNanosecondsPerMillisecond;
    benchmark.median_ns = latency->p50_ms * kNanosecondsPerMillisecond;
  }
  benchmark.name =
      fmt::format("{}/batch:{}/{}", printable(label), lane.batch, kClocks);  // compare.py prints it as it is
  benchmark.batch = lane.batch;
  benchmark.cpu_ns = lane.cpu_ms * kNanosecondsPerMillisecond;
  for (const BlockRecord& block : lane.blocks) {
    if (block.samples_ns.empty()) continue;
    const std::vector<double> samples(block.samples_ns.begin(), block.samples_ns.end());
    benchmark.repetitions_ns.push_back(metrics::mean(samples));
    benchmark.iterations.push_back(samples.size());
  }
  return benchmark;
}

}  // namespace

std::string gbench_report_text(const ReportInput& input) {
  Json json = {{"context", context_of(input.record)}, {"benchmarks", Json::array()}};
  for (std::size_t i = 0; i < input.record.cells.size(); ++i) {
    const CellRecord& cell = input.record.cells[i];
    const CellComparison& compared = input.comparison.cells.at(i);
    for (std::size_t j = 0; j < cell.lanes.size(); ++j) {
      Benchmark benchmark = benchmark_of(cell.lanes[j], compared.label, compared.lanes.at(j).latency);
      benchmark.family = static_cast<int>(i);
      benchmark.instance = static_cast<int>(j);
      benchmark.model_threads = cell.threads;
      add_benchmark(benchmark, json["benchmarks"]);
    }
  }
  return json_text(json, 2) + "\n";
}

ReportFormat gbench_report() {
  return {"gbench", "gbench.json", "latencies in Google Benchmark's format", gbench_report_text};
}

}  // namespace qbench::reports
