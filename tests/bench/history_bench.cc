// SPDX-License-Identifier: Apache-2.0
// The history at a million lanes. Goals: `check` at most 1 s, `add` at most 50 ms, the file at most 500 MB; over
// simulated nights at most 0.5 false alarms per 100, and +2 % found within two. The file is made first: ten boards,
// each with runs of ten models x two batches x three sides, 20 rounds of 8 samples. QBENCH_HISTORY_LANES makes it
// smaller.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "core/metrics/intervals.h"
#include "reports/history/check.h"
#include "tests/support/night_record.h"
#include "tests/support/nightly_replay.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

namespace history = reports::history;

constexpr int kBoards = 10;

testing::NightPlan plan_of(int board, int night) {
  testing::NightPlan plan;
  plan.seed = static_cast<std::uint64_t>(night) * kBoards + static_cast<std::uint64_t>(board) + 1;
  plan.created += std::int64_t{night} * 24 * 3600 + board;
  plan.models = 10;
  plan.batches = 2;
  plan.rounds = 20;
  plan.board = fmt::format("board{}", board);
  return plan;
}

/// The big file, made once for all benchmarks.
class BigHistory {
 public:
  BigHistory() {
    const char* wanted = std::getenv("QBENCH_HISTORY_LANES");
    const std::size_t goal = wanted == nullptr ? 1000000 : std::strtoul(wanted, nullptr, 10);
    const auto start = std::chrono::steady_clock::now();
    history::Store store(path(), history::OpenMode::kWrite);
    for (; lanes_ < goal; ++nights_) {
      for (int board = 0; board < kBoards; ++board)
        lanes_ += store.add(testing::night_run(plan_of(board, nights_))).lanes;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    fmt::print(stderr, "made {} lanes in {:.0f} s\n", lanes_, took.count());
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "history.db"; }
  [[nodiscard]] std::size_t lanes() const noexcept { return lanes_; }
  [[nodiscard]] int next_night() noexcept { return nights_++; }

 private:
  testing::TemporaryFolder folder_;
  std::size_t lanes_ = 0;
  int nights_ = 0;
};

BigHistory& big_history() {
  static BigHistory history;
  return history;
}

void check_million(benchmark::State& state) {
  BigHistory& big = big_history();
  std::size_t series = 0;
  for (auto _ : state) {
    const history::Store store(big.path(), history::OpenMode::kRead);
    series = history::check_history(store).series.size();
  }
  const auto bytes = static_cast<double>(std::filesystem::file_size(big.path()));
  state.counters["series"] = static_cast<double>(series);
  state.counters["lanes"] = static_cast<double>(big.lanes());
  state.counters["file_MB"] = bytes / 1e6;
  state.counters["bytes_per_lane"] = bytes / static_cast<double>(big.lanes());
}

void add_million(benchmark::State& state) {
  BigHistory& big = big_history();
  for (auto _ : state) {
    state.PauseTiming();
    testing::NightPlan plan = plan_of(0, big.next_night());
    plan.models = static_cast<int>(state.range(0));
    plan.images = 1000;
    const reports::StoredRun run = testing::night_run(plan);
    state.ResumeTiming();
    history::Store store(big.path(), history::OpenMode::kWrite);
    benchmark::DoNotOptimize(store.add(run));
  }
}

void replay(benchmark::State& state) {
  testing::ReplayResult sum;
  std::uint64_t seed = 1000;
  for (auto _ : state) {
    for (int history = 0; history < 20; ++history) {
      const auto one = testing::replay_nights({.seed = ++seed, .models = 8, .slower_models = 4});
      sum.sound_nights += one.sound_nights;
      sum.false_alarms += one.false_alarms;
      sum.second_runs += one.second_runs;
      sum.steps += one.steps;
      sum.found_at_once += one.found_at_once;
      sum.found_in_two += one.found_in_two;
      sum.attributed += one.attributed;
    }
  }
  const auto percent = [](std::size_t part, std::size_t whole) { return 100.0 * double(part) / double(whole); };
  state.counters["nights"] = static_cast<double>(sum.sound_nights);
  state.counters["false_per_100"] = percent(sum.false_alarms, sum.sound_nights);
  state.counters["false_per_100_at_most"] =
      100.0 * metrics::clopper_pearson_interval(sum.false_alarms, sum.sound_nights).high;
  state.counters["second_runs"] = static_cast<double>(sum.second_runs);
  state.counters["steps"] = static_cast<double>(sum.steps);
  state.counters["found_at_once_%"] = percent(sum.found_at_once, sum.steps);
  state.counters["found_in_two_%"] = percent(sum.found_in_two, sum.steps);
  state.counters["attributed_%"] = percent(sum.attributed, sum.steps);
}

BENCHMARK(check_million)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(add_million)->Arg(1)->Arg(10)->Iterations(30)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(replay)->Iterations(1)->Unit(benchmark::kSecond)->UseRealTime();

}  // namespace
}  // namespace qbench

BENCHMARK_MAIN();
