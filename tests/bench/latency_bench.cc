// SPDX-License-Identifier: Apache-2.0
// What the harness adds: qbench's batch-1 median against a bare continuous loop of C calls on the same library and
// model, in turn within one run. Goal: within 0.5 % for float and int8 (counter "qbench_over_bare").
#include <benchmark/benchmark.h>
#include <sched.h>

#include <deque>
#include <map>
#include <memory>

#include "core/assert.h"
#include "core/metrics/descriptive.h"
#include "datasets/tensor_cache_writer.h"
#include "harness/engine/lane.h"
#include "harness/engine/latency_cpu.h"
#include "harness/engine/latency_phase.h"
#include "tests/bench/bare_loop.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

constexpr int kRounds = 60;
constexpr std::size_t kBareInvokes = 400;
constexpr std::size_t kFeedImages = 64;

/// A float and an int8 model measured by turns, as in a run, with noise images of their input size.
class Arena {
 public:
  explicit Arena(const std::vector<std::filesystem::path>& models) {
    stay_on_one_cpu();
    settings_.restart_rounds = 0;
    for (const auto& model : models) cells_.push_back({.id = model.stem(), .variant = model.stem(), .model = model});
    for (const engine::CellPlan& cell : cells_) {
      lanes_.push_back(std::make_unique<engine::Lane>(
          engine::LaneContext{
              .cell = &cell, .settings = &settings_, .launch = {.executable = QBENCH_WORKER_PROGRAM}, .run_start = {}},
          1));
      engine::Lane& lane = *lanes_.back();
      QBENCH_ASSERT(lane.load() && lane.warm_up(feed_for(lane.record().inputs[0])));
      bare_.emplace_back(cell.model);
    }
    std::vector<engine::Lane*> all;
    for (const auto& lane : lanes_) all.push_back(lane.get());
    engine::SilentProgress silent;
    engine::calibrate_lanes(all, silent);
  }

  void round(int number) {
    for (const auto& lane : lanes_) QBENCH_ASSERT(lane->run_block(number));
    for (std::size_t i = 0; i < bare_.size(); ++i) {
      bare_medians_[i].push_back(metrics::median(bare_[i].run(kBareInvokes)));
    }
  }

  void report(std::size_t index, benchmark::State& state) const {
    std::vector<double> ratios;
    const auto& blocks = lanes_[index]->record().blocks;
    std::vector<double> qbench_medians;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const std::vector<double> samples(blocks[i].samples_ns.begin(), blocks[i].samples_ns.end());
      qbench_medians.push_back(metrics::median(samples));
      ratios.push_back(qbench_medians.back() / bare_medians_.at(index)[i]);
    }
    state.counters["qbench_us"] = metrics::median(qbench_medians) / 1e3;
    state.counters["bare_us"] = metrics::median(bare_medians_.at(index)) / 1e3;
    state.counters["qbench_over_bare"] = metrics::median(ratios);
    state.counters["dropped"] = lanes_[index]->record().dropped;
    state.counters["timed"] = lanes_[index]->record().timed;
  }

 private:
  /// The bare loop and the workers, which inherit it: two CPUs of a shared host may run at different speeds.
  void stay_on_one_cpu() const {
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    CPU_SET(engine::latency_cpu(settings_).value(), &cpus);
    QBENCH_ASSERT(::sched_setaffinity(0, sizeof cpus, &cpus) == 0);
  }

  engine::Feed feed_for(const TensorSpec& input) {
    engine::Feed feed{.cache = folder_.path() / (std::to_string(lanes_.size()) + ".qtc"), .recipe = {}};
    const datasets::PixelShape shape{.height = input.shape[1], .width = input.shape[2], .channels = input.shape[3]};
    datasets::TensorCacheWriter writer(feed.cache, shape, kFeedImages);
    std::vector<std::uint8_t> pixels(shape.bytes() * kFeedImages);
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 2654435761U >> 13);
    writer.write(0, pixels);
    writer.finish(std::vector<datasets::CacheEntry>(kFeedImages, {.label = 0, .ok = true}));
    return feed;
  }

  testing::TemporaryFolder folder_;
  engine::RunSettings settings_;
  std::deque<engine::CellPlan> cells_;
  std::vector<std::unique_ptr<engine::Lane>> lanes_;
  std::deque<testing::BareLoop> bare_;
  std::map<std::size_t, std::vector<double>> bare_medians_;
};

void harness_overhead(benchmark::State& state) {
  const auto fp32 = testing::shared_data("data/models/resnet8_cifar10_fp32.tflite");
  const auto int8 = testing::shared_data("data/models/resnet8_cifar10_int8.tflite");
  if (!fp32 || !int8) {
    state.SkipWithError(testing::shared_data_missing("data/models").c_str());
    return;
  }
  Arena arena({*fp32, *int8});
  int round = 0;
  for (auto _ : state) {
    for (int i = 0; i < kRounds; ++i) arena.round(round++);
  }
  arena.report(static_cast<std::size_t>(state.range(0)), state);
  state.SetLabel(state.range(0) == 0 ? "resnet8 fp32" : "resnet8 int8");
}

BENCHMARK(harness_overhead)->Arg(0)->Arg(1)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace qbench

BENCHMARK_MAIN();
