// SPDX-License-Identifier: Apache-2.0
// What the sandbox costs: batch-1 medians with and without it, in turn within one run, both in fresh processes every
// round. Goal: within 0.3 % (counter "inside_over_outside", the median over the rounds; "half_width" is that of its
// 99 % interval). "start_ms" is what enclosing adds to a worker's start.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
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

/// One model's lane, inside or outside.
class Side {
 public:
  Side(const std::filesystem::path& model, const char* sandbox)
      : cell_{.id = sandbox, .variant = sandbox, .model = model} {
    settings_.sandbox = sandbox;
    const engine::WorkerLaunch launch{.executable = QBENCH_WORKER_PROGRAM};
    const engine::LaneContext context{.cell = &cell_,
                                      .settings = &settings_,
                                      .launch = launch,
                                      .latency_cpu = engine::latency_cpu(settings_),
                                      .run_start = {}};
    lane_ = std::make_unique<engine::Lane>(context, 1);
    QBENCH_ASSERT(lane_->load());
    const LaneRecord& loaded = lane_->record();
    QBENCH_ASSERT(lane_->warm_up(testing::noise_feed(loaded.inputs, loaded.outputs, folder_.path())));
    engine::SilentProgress silent;
    engine::calibrate_lanes({lane_.get()}, engine::TimeLimit(engine::RunSettings().max_seconds), silent);
  }

  double round(int number) {
    const auto start = std::chrono::steady_clock::now();
    QBENCH_ASSERT(lane_->restart());
    start_ms_.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
    QBENCH_ASSERT(lane_->run_block(number));
    lane_->stop();
    const auto& samples = lane_->record().blocks.back().samples_ns;
    return metrics::median(std::vector<double>(samples.begin(), samples.end()));
  }

  [[nodiscard]] double start_ms() const { return metrics::median(start_ms_); }

 private:
  testing::TemporaryFolder folder_;
  engine::RunSettings settings_;
  engine::CellPlan cell_;
  std::unique_ptr<engine::Lane> lane_;
  std::vector<double> start_ms_;
};

void sandbox_cost(benchmark::State& state, const char* file) {
  const auto model = testing::shared_data(file);
  if (!model) {
    state.SkipWithError(testing::shared_data_missing("data/models").c_str());
    return;
  }
  Side inside(*model, "auto");
  Side outside(*model, "off");
  std::mt19937_64 random(1);
  std::vector<double> ratios;
  for (auto _ : state) {
    for (int i = 0; i < kRounds; ++i) {
      const bool inside_first = (random() & 1U) != 0;
      const double first = (inside_first ? inside : outside).round(i);
      const double second = (inside_first ? outside : inside).round(i);
      ratios.push_back(inside_first ? first / second : second / first);
    }
  }
  state.counters["inside_over_outside"] = metrics::median(ratios);
  state.counters["start_ms"] = inside.start_ms() - outside.start_ms();
  std::sort(ratios.begin(), ratios.end());
  if (const auto ranks = metrics::order_statistic_ranks(ratios.size(), 0.5, 0.99)) {
    state.counters["half_width"] = (ratios[ranks->high - 1] - ratios[ranks->low - 1]) / 2.0;
  }
}

BENCHMARK_CAPTURE(sandbox_cost, resnet8_int8, "data/models/resnet8_cifar10_int8.tflite")
    ->Iterations(1)
    ->Unit(benchmark::kSecond);

}  // namespace
}  // namespace qbench

BENCHMARK_MAIN();
