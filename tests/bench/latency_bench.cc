// SPDX-License-Identifier: Apache-2.0
// What the harness adds: qbench's batch-1 median against a bare continuous loop of C calls on the same library and
// model, in turn within one run, both in fresh processes every round. Goal: within 0.5 % for float and int8 (counter
// "qbench_over_bare", the median over the rounds; "half_width" is that of its 99 % interval).
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <random>

#include "core/assert.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/intervals.h"
#include "harness/engine/latency_cpu.h"
#include "harness/engine/latency_phase.h"
#include "tests/bench/noise_feed.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

constexpr int kRounds = 200;
constexpr int kBareDropped = 60;
constexpr int kBareTimed = 100;

double bare_median_ns(const std::filesystem::path& model) {
  const std::string command =
      fmt::format("'{}' '{}' {} {}", QBENCH_BARE_LOOP_PROGRAM, model.string(), kBareDropped, kBareTimed);
  const std::unique_ptr<FILE, int (*)(FILE*)> out(::popen(command.c_str(), "r"), ::pclose);
  double median = 0.0;
  QBENCH_ASSERT(out && std::fscanf(out.get(), "%lf", &median) == 1);
  return median;
}

/// A model measured by qbench with noise images of its input size, and by the bare loop.
class Contest {
 public:
  explicit Contest(const std::filesystem::path& model)
      : cell_{.id = model.stem(), .variant = model.stem(), .model = model} {
    stay_on_one_cpu();
    lane_ = std::make_unique<engine::Lane>(
        engine::LaneContext{
            .cell = &cell_, .settings = &settings_, .launch = {.executable = QBENCH_WORKER_PROGRAM}, .run_start = {}},
        1);
    QBENCH_ASSERT(lane_->load());
    const LaneRecord& loaded = lane_->record();
    QBENCH_ASSERT(lane_->warm_up(testing::noise_feed(loaded.inputs, loaded.outputs, folder_.path())));
    engine::SilentProgress silent;
    engine::calibrate_lanes({lane_.get()}, engine::TimeLimit(engine::RunSettings().max_seconds), silent);
  }

  /// Whoever comes second gets the memory that the first gave back, so who is first is drawn.
  void round(int number) {
    const bool bare_first = (random_() & 1U) != 0;
    if (bare_first) bare_.push_back(bare_median_ns(cell_.model));
    qbench_.push_back(qbench_median_ns(number));
    if (!bare_first) bare_.push_back(bare_median_ns(cell_.model));
    ratios_.push_back(qbench_.back() / bare_.back());
  }

  void report(benchmark::State& state) const {
    state.counters["qbench_us"] = metrics::median(qbench_) / 1e3;
    state.counters["bare_us"] = metrics::median(bare_) / 1e3;
    state.counters["qbench_over_bare"] = metrics::median(ratios_);
    std::vector<double> sorted = ratios_;
    std::sort(sorted.begin(), sorted.end());
    if (const auto ranks = metrics::order_statistic_ranks(sorted.size(), 0.5, 0.99)) {
      state.counters["half_width"] = (sorted[ranks->high - 1] - sorted[ranks->low - 1]) / 2.0;
    }
    state.counters["dropped"] = lane_->record().dropped;
    state.counters["timed"] = lane_->record().timed;
  }

 private:
  double qbench_median_ns(int round) {
    QBENCH_ASSERT(lane_->restart() && lane_->run_block(round));
    lane_->stop();
    const auto& samples = lane_->record().blocks.back().samples_ns;
    return metrics::median(std::vector<double>(samples.begin(), samples.end()));
  }

  /// All the processes inherit it: two CPUs of a shared host may run at different speeds.
  void stay_on_one_cpu() const {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(engine::latency_cpu(settings_).value(), &cpus);
    QBENCH_ASSERT(::sched_setaffinity(0, sizeof cpus, &cpus) == 0);
  }

  testing::TemporaryFolder folder_;
  engine::RunSettings settings_;
  engine::CellPlan cell_;
  std::unique_ptr<engine::Lane> lane_;
  std::mt19937_64 random_{1};
  std::vector<double> qbench_;
  std::vector<double> bare_;
  std::vector<double> ratios_;
};

void harness_overhead(benchmark::State& state, const char* file) {
  const auto model = testing::shared_data(file);
  if (!model) {
    state.SkipWithError(testing::shared_data_missing("data/models").c_str());
    return;
  }
  Contest contest(*model);
  int round = 0;
  for (auto _ : state) {
    for (int i = 0; i < kRounds; ++i) contest.round(round++);
  }
  contest.report(state);
}

BENCHMARK_CAPTURE(harness_overhead, resnet8_fp32, "data/models/resnet8_cifar10_fp32.tflite")
    ->Iterations(1)
    ->Unit(benchmark::kSecond);
BENCHMARK_CAPTURE(harness_overhead, resnet8_int8, "data/models/resnet8_cifar10_int8.tflite")
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace qbench

BENCHMARK_MAIN();
