// SPDX-License-Identifier: Apache-2.0
// Evaluation of many images. Goals: decoding and evaluating 20,000 images on two cores takes at most 1.05 x half of the
// time that one core needs for decode + invoke ("over_ideal"; "over_at_once" is the same against bare loops that keep
// all cores busy at once: what the machine loses by itself is not in it); memory does not grow with the number of
// images ("peak_rss_mb"); k variants cost one decode ("decode_s" stays the same).
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sched.h>

#include <cstdlib>
#include <fstream>
#include <thread>
#include <vector>

#include "core/assert.h"
#include "core/metrics/descriptive.h"
#include "datasets/cache_builder.h"
#include "datasets/open_dataset.h"
#include "datasets/synth.h"
#include "harness/board/cpu_reader.h"
#include "harness/engine/process_memory.h"
#include "harness/engine/run.h"
#include "tests/bench/bare_loop.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

using Path = std::filesystem::path;
using Seconds = std::chrono::duration<double>;

constexpr std::size_t kDrawn = 20000;
constexpr std::size_t kInvokes = 2000;
constexpr int kRuns = 6;
constexpr std::size_t kStride = 997;  // has no factor in common with kDrawn: meets every image and mixes the classes

/// 20,000 drawn images, kept in $QBENCH_BENCH_IMAGES (or a folder that vanishes) because drawing takes minutes.
const Path& image_folder() {
  static const testing::TemporaryFolder temporary;
  static const Path folder = [] {
    const char* kept = std::getenv("QBENCH_BENCH_IMAGES");
    Path path = kept != nullptr ? Path(kept) : temporary.path() / "shapes";
    datasets::write_synthetic_set(path, kDrawn, 77);
    return path;
  }();
  return folder;
}

/// A list that names `count` images of all classes, the drawn ones again and again.
std::unique_ptr<datasets::Dataset> dataset_of(std::size_t count, const Path& folder) {
  const auto drawn = datasets::open_dataset({.path = image_folder()});
  const Path list = folder / "list.csv";
  std::ofstream out(list);
  out << "path,label\n";
  for (std::size_t i = 0; i < count; ++i) {
    const datasets::Sample& sample = drawn->samples()[i * kStride % drawn->samples().size()];
    out << sample.id << ',' << sample.label << '\n';
  }
  out.close();
  return datasets::open_dataset({.kind = "list", .path = image_folder(), .list_file = list});
}

engine::RunResult evaluate(const datasets::Dataset& dataset, std::size_t variants) {
  const testing::TemporaryFolder folder;  // a used one would resume
  engine::Plan plan;
  for (std::size_t i = 0; i < variants; ++i) plan.cells.push_back({.variant = "model", .model = QBENCH_DEFAULT_MODEL});
  plan.settings.latency = false;
  engine::name_cells(plan);
  engine::SilentProgress silent;
  engine::RunContext context{.folder = folder.path(), .worker = QBENCH_WORKER_PROGRAM, .dataset = &dataset};
  context.progress = &silent;
  context.predictions.save = [](const std::string& cell, const std::vector<Prediction>&) { return cell; };
  return engine::run_plan(plan, context);
}

/// Seconds that one CPU needs for one image: decode + resize + cache, and a bare invoke.
struct OneCpu {
  double decode_s = 0.0;
  double invoke_s = 0.0;
};

/// Runs on the calling thread, which stays on `cpu` from then on. Decodes as many images into as large a file as a run
/// does, and frees the file's memory last, as a run does: with half a second between freeing and the next run that run
/// decoded a third slower on a virtual machine, as if the host had taken the idle memory back.
OneCpu measure_on(int cpu, const datasets::Dataset& dataset, const datasets::SampleRange& range, const Path& folder) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(cpu, &cpus);
  QBENCH_ASSERT(::sched_setaffinity(0, sizeof cpus, &cpus) == 0);
  const testing::BareLoop bare(QBENCH_DEFAULT_MODEL);
  const Path file = folder / fmt::format("probe{}.qtc", cpu);
  const auto built =
      datasets::build_tensor_cache(dataset, range, {}, {.height = 96, .width = 96, .channels = 3}, file, {.jobs = 1});
  double invoke_ns = 0.0;
  for (double ns : bare.run(kInvokes)) invoke_ns += ns;
  std::filesystem::remove(file);
  return {.decode_s = built.wall_seconds / double(range.count), .invoke_s = invoke_ns / 1e9 / double(kInvokes)};
}

/// Each CPU, one after the other with all images or all at once with a part of them: two CPUs of a shared host need not
/// be equally fast, and may share what makes them so.
std::vector<OneCpu> measure_cpus(bool at_once, const datasets::Dataset& dataset, const Path& folder) {
  const std::vector<int> cpus = allowed_cpus(SystemTree());
  std::vector<OneCpu> figures(cpus.size());
  std::vector<std::jthread> threads;
  const std::size_t all = dataset.samples().size();
  const std::size_t share = all / cpus.size();
  for (std::size_t i = 0; i < cpus.size(); ++i) {
    const auto range = at_once ? datasets::SampleRange{i * share, share} : datasets::SampleRange{0, all};
    threads.emplace_back([&, i, range] { figures[i] = measure_on(cpus[i], dataset, range, folder); });
    if (!at_once) threads.back().join();
  }
  threads.clear();
  return figures;
}

/// Seconds for `images` when the CPUs do nothing else and none waits for another.
double ideal_seconds(const std::vector<OneCpu>& cpus, std::size_t images) {
  double images_per_second = 0.0;
  for (const OneCpu& cpu : cpus) images_per_second += 1.0 / (cpu.decode_s + cpu.invoke_s);
  return double(images) / images_per_second;
}

/// Ideal seconds of the images, measured again and again; the machine's speed moves within seconds.
class Ideal {
 public:
  Ideal(bool at_once, const datasets::Dataset& dataset, const Path& folder)
      : at_once_(at_once), dataset_(dataset), folder_(folder) {
    measure();
  }

  /// Once more; what a run took since the last time is held against the mean of both.
  void measure() {
    const double now = ideal_seconds(measure_cpus(at_once_, dataset_, folder_), dataset_.samples().size());
    if (last_ > 0.0) sum_ += (last_ + now) / 2.0;
    last_ = now;
  }
  /// Over all runs.
  [[nodiscard]] double sum() const { return sum_; }

 private:
  bool at_once_;
  const datasets::Dataset& dataset_;
  Path folder_;
  double last_ = 0.0;
  double sum_ = 0.0;
};

void against_one_core(benchmark::State& state) {
  const testing::TemporaryFolder folder;
  const auto dataset = dataset_of(static_cast<std::size_t>(state.range(0)), folder.path());
  Ideal alone(false, *dataset, folder.path());
  Ideal at_once(true, *dataset, folder.path());
  double seconds = 0.0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    const engine::RunResult result = evaluate(*dataset, 1);
    const double taken = Seconds(std::chrono::steady_clock::now() - start).count();
    state.SetIterationTime(taken);
    seconds += taken;
    alone.measure();
    at_once.measure();
    const AccuracyRecord& accuracy = *result.record.cells[0].accuracy;
    state.counters["top1"] = accuracy.top1();
    state.counters["decode_s"] += result.record.dataset->cache_seconds / double(kRuns);
    state.counters["evaluate_s"] += accuracy.seconds / double(kRuns);
    state.counters["invoke_ms"] += accuracy.invoke_ms_per_image / double(kRuns);
  }
  state.counters["over_ideal"] = seconds / alone.sum();
  state.counters["over_at_once"] = seconds / at_once.sum();
}

void memory(benchmark::State& state) {
  const testing::TemporaryFolder folder;
  const auto count = static_cast<std::size_t>(state.range(0));
  const auto dataset = dataset_of(count, folder.path());
  for (auto _ : state) {
    engine::reset_peak_memory();
    const engine::RunResult result = evaluate(*dataset, 1);
    state.counters["images"] = double(result.record.cells[0].accuracy->images);
  }
  state.counters["peak_rss_mb"] = double(engine::process_memory().peak) / 1e6;
}

void variants(benchmark::State& state) {
  const testing::TemporaryFolder folder;
  const auto dataset = dataset_of(4000, folder.path());
  for (auto _ : state) {
    const engine::RunResult result = evaluate(*dataset, static_cast<std::size_t>(state.range(0)));
    state.counters["decode_s"] = result.record.dataset->cache_seconds;
    double evaluation = 0.0;
    for (const CellRecord& cell : result.record.cells) evaluation += cell.accuracy->seconds;
    state.counters["evaluate_s"] = evaluation;
  }
}

BENCHMARK(against_one_core)->Arg(kDrawn)->Arg(100000)->Iterations(kRuns)->UseManualTime()->Unit(benchmark::kSecond);
BENCHMARK(memory)->Arg(1000)->Arg(20000)->Arg(100000)->Iterations(1)->Unit(benchmark::kSecond);
BENCHMARK(variants)->Arg(1)->Arg(4)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace qbench

BENCHMARK_MAIN();
