// SPDX-License-Identifier: Apache-2.0
#include "harness/selftest/trial_bench.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "core/metrics/descriptive.h"
#include "core/metrics/round_ratios.h"
#include "datasets/recipe_from_model.h"
#include "harness/engine/latency_cpu.h"
#include "harness/engine/latency_phase.h"
#include "harness/engine/looks.h"

namespace qbench::selftest {
namespace {

using engine::Clock;
using engine::Lane;

/// Planted work of the first look at it: a few microseconds.
constexpr std::int64_t kTrialUnits = 10'000;
constexpr int kTrialRounds = 5;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

void require(const Lane& lane) {
  const Outcome& outcome = lane.record().outcome;
  if (outcome.ok()) return;
  throw Error(ErrorCode::kRuntime, "'{}' cannot be used for the self-test: {} ({}): {}", lane.cell().model.string(),
              status_name(outcome.status), outcome.stage, outcome.reason);
}

double log_ratio(double value, double reference) {
  return value > 0.0 && reference > 0.0 ? std::log(value / reference) : 0.0;
}

double peak_memory(const LaneRecord& lane) {
  return static_cast<double>(std::max({lane.memory.peak_load, lane.memory.peak_first, lane.memory.peak_steady}));
}

}  // namespace

TrialBench::TrialBench(engine::CellPlan cell, const engine::RunSettings& settings, std::filesystem::path worker)
    : cell_(std::move(cell)),
      settings_(settings),
      worker_(std::move(worker)),
      latency_cpu_(engine::latency_cpu(settings_)) {
  check_model_file();
  const std::unique_ptr<Lane> first = lane();
  (void)first->load();
  require(*first);
  find_classifier(first->record());
  const ImageInput& image = feed_.view.image;
  const datasets::PixelShape shape{.height = image.height, .width = image.width, .channels = image.channels};
  feed_.recipe = datasets::derive_recipe(
                     {.input = first->record().inputs[0], .channels = image.channels, .outputs = 0, .classes = 0})
                     .recipe;
  images_ = std::make_unique<engine::ImageStore>(nullptr, folder_.path(), settings_,
                                                 std::vector<engine::PixelNeed>{{feed_.recipe, shape}});
  engine::SilentProgress silent;
  (void)images_->load_chunk(0, silent);
  feed_.cache = images_->cache_for(feed_.recipe, shape);
  (void)first->warm_up(feed_);
  require(*first);
  engine::calibrate_lanes({first.get()}, engine::TimeLimit(settings_.max_seconds), silent);
  require(*first);
  first->plant_work(kTrialUnits);
  for (int round = 0; round < kTrialRounds; ++round) {
    if (!first->run_block(round)) break;
  }
  require(*first);
  // Measured where the work will stand: caches and clock are those of a real comparison.
  const double with_work = metrics::median(first->record().samples_ns());
  invoke_ns_ = with_work / std::exp(first->planted_log_ratio());
  unit_ns_ = (with_work - invoke_ns_) / static_cast<double>(kTrialUnits);
  if (!(unit_ns_ > 0.0)) throw Error(ErrorCode::kRuntime, "the worker's clock does not see planted work");
}

/// As a run does. What our reader does not carry is left to the worker's words: a file that only its own runner can
/// read tells nothing, and may be timed all the same.
void TrialBench::check_model_file() {
  ModelRecord record;
  const Outcome outcome = engine::check_model(cell_.model, facts_, record);
  if (outcome.status == Status::kUnsupported) throw Error(ErrorCode::kUnsupported, outcome.reason);
  if (!outcome.ok() || facts_.repaired.empty()) return;
  repaired_ = folder_.path() / "repaired.tflite";
  write_file_atomic(repaired_, facts_.repaired);
}

void TrialBench::find_classifier(const LaneRecord& loaded) {
  const ClassifierHints hints = engine::hints_for(cell_, facts_.hints, 0);
  const Outcome fit = engine::check_classifier(loaded.inputs, loaded.outputs, hints, feed_.view);
  if (!fit.ok()) throw Error(ErrorCode::kModel, "'{}': {}", cell_.model.string(), fit.reason);
}

std::unique_ptr<Lane> TrialBench::lane() const {
  return std::make_unique<Lane>(engine::LaneContext{.cell = &cell_,
                                                    .settings = &settings_,
                                                    .model = repaired_,
                                                    .launch = {.executable = worker_},
                                                    .latency_cpu = latency_cpu_,
                                                    .run_start = Clock::now()},
                                1);
}

std::unique_ptr<Lane> TrialBench::ready_lane() const {
  std::unique_ptr<Lane> ready = lane();
  if (ready->load()) (void)ready->warm_up(feed_);
  require(*ready);
  return ready;
}

Trial TrialBench::run(double planted_share, std::uint64_t seed) {
  const std::unique_ptr<Lane> first = ready_lane();
  const std::unique_ptr<Lane> second = ready_lane();
  second->plant_work(std::llround(planted_share * invoke_ns_ / unit_ns_));
  engine::SilentProgress silent;
  const std::vector<Lane*> lanes{first.get(), second.get()};
  const std::vector<engine::LanePair> pairs{{second.get(), first.get()}};
  const engine::TimeLimit limit(settings_.max_seconds);
  engine::calibrate_lanes(lanes, limit, silent);
  require(*first);
  require(*second);
  const Clock::time_point start = Clock::now();
  const engine::EnoughRounds enough = [&](int done) { return engine::enough_rounds(settings_, pairs, done); };
  engine::run_latency_rounds(lanes, {.settings = settings_, .limit = limit, .seed = seed, .enough = enough}, silent);
  Trial trial{.planted_share = planted_share, .planted = 0.0, .verdict = {}, .seconds = seconds_since(start)};
  require(*first);
  require(*second);
  trial.planted = second->planted_log_ratio();
  trial.verdict = metrics::judge_latency(metrics::round_log_ratios(second->record(), first->record()),
                                         engine::latency_options(settings_));
  trial.load_ratio = log_ratio(second->record().load_ms, first->record().load_ms);
  trial.memory_ratio = log_ratio(peak_memory(second->record()), peak_memory(first->record()));
  return trial;
}

}  // namespace qbench::selftest
