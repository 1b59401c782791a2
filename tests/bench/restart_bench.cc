// SPDX-License-Identifier: Apache-2.0
// What a fresh worker process costs, by its steps in milliseconds (medians): every round of a comparison pays it once
// for each cell. "start_ms" ends with the first answer, "end_ms" is the old process's.
#include <benchmark/benchmark.h>

#include <chrono>
#include <map>
#include <optional>

#include "core/assert.h"
#include "core/metrics/descriptive.h"
#include "harness/engine/latency_cpu.h"
#include "tests/bench/noise_feed.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

constexpr int kRestarts = 100;
constexpr std::chrono::seconds kTimeout(20);

class Stopwatch {
 public:
  /// Milliseconds since the last call.
  double lap() {
    const auto now = std::chrono::steady_clock::now();
    const std::chrono::duration<double, std::milli> passed = now - last_;
    last_ = now;
    return passed.count();
  }

 private:
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

void fresh_worker(benchmark::State& state) {
  const auto model = testing::shared_data("data/models/resnet8_cifar10_fp32.tflite");
  if (!model) {
    state.SkipWithError(testing::shared_data_missing("data/models").c_str());
    return;
  }
  const testing::TemporaryFolder folder;
  const engine::RunSettings settings;
  const engine::CellPlan cell{.id = "model", .variant = "model", .model = *model};
  const engine::WorkerLaunch launch{.executable = QBENCH_WORKER_PROGRAM, .cpu = engine::latency_cpu(settings)};
  nlohmann::json load = engine::lane_load_request({.cell = &cell, .settings = &settings}, 1);
  load["brief"] = true;
  std::optional<engine::Feed> feed;
  std::map<std::string, std::vector<double>> steps;
  for (auto _ : state) {
    for (int i = 0; i < kRestarts; ++i) {
      Stopwatch watch;
      auto worker = std::make_unique<engine::WorkerProcess>(launch);
      QBENCH_ASSERT(worker->request({{"op", "hello"}}, kTimeout, "hello", engine::read_empty_reply).ok());
      steps["start_ms"].push_back(watch.lap());
      engine::LoadReply loaded;
      const Outcome outcome = worker->request(load, kTimeout, "load", [&](const engine::Answer& answer) {
        loaded = engine::read_load_reply(answer, true);
      });
      QBENCH_ASSERT(outcome.ok());
      steps["load_ms"].push_back(watch.lap());
      if (!feed) {
        feed = testing::noise_feed(loaded.inputs, loaded.outputs, folder.path());
        watch.lap();
      }
      QBENCH_ASSERT(worker->request(engine::attach_request(*feed), kTimeout, "attach", engine::read_empty_reply).ok());
      steps["attach_ms"].push_back(watch.lap());
      QBENCH_ASSERT(worker->request({{"op", "first"}}, kTimeout, "first", engine::read_empty_reply).ok());
      steps["first_ms"].push_back(watch.lap());
      worker.reset();
      steps["end_ms"].push_back(watch.lap());
    }
  }
  for (const auto& [name, values] : steps) state.counters[name] = metrics::median(values);
}

BENCHMARK(fresh_worker)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace qbench

BENCHMARK_MAIN();
