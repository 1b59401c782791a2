// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/lane.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/metrics/descriptive.h"
#include "core/metrics/warmup.h"
#include "harness/engine/latency_cpu.h"
#include "harness/engine/worker_sandbox.h"

namespace qbench::engine {
namespace {

constexpr double kCalibrationSeconds = 1.0;
constexpr int kCalibrationInvokes = 160;
constexpr std::size_t kFewestForCalibration = 32;
constexpr int kMinTimed = 8;
constexpr int kDelegateRounds = 20;
constexpr double kLongestStretch = 50'000.0;
// A batched invoke is long enough to warm the caches by itself.
constexpr int kBatchedDropped = 1;
constexpr int kBatchedTimed = 2;

double elapsed_seconds(Clock::time_point since) { return std::chrono::duration<double>(Clock::now() - since).count(); }

void append(std::vector<double>& all, const std::vector<std::int64_t>& values) {
  all.insert(all.end(), values.begin(), values.end());
}

double median_or_zero(const std::vector<double>& values) { return values.empty() ? 0.0 : metrics::median(values); }

double mean_or_zero(const std::vector<double>& values) { return values.empty() ? 0.0 : metrics::mean(values); }

}  // namespace

nlohmann::json attach_request(const Feed& feed) {
  return {
      {"op", "attach"}, {"cache", feed.cache.string()}, {"recipe", to_json(feed.recipe)}, {"view", to_json(feed.view)}};
}

nlohmann::json lane_load_request(const LaneContext& context, int batch) {
  const CellPlan& cell = *context.cell;
  nlohmann::json request = {{"op", "load"},
                            {"model", (context.model.empty() ? cell.model : context.model).string()},
                            {"runner", cell.runner},
                            {"library", cell.options.library.string()},
                            {"threads", cell.options.threads},
                            {"batch", batch},
                            {"kernels", static_cast<int>(cell.options.kernels)},
                            {"delegate", cell.options.delegate.library.string()},
                            {"delegate_options", cell.options.delegate.options},
                            {"rebatch", context.settings->rebatch}};
  add_sandbox(request, *context.settings);
  return request;
}

Lane::Lane(LaneContext context, int batch)
    : context_(std::move(context)), accelerator_(*context_.cell, context_.probe_accelerators) {
  record_.batch = batch;
  if (fits_one_cpu(*context_.cell)) record_.cpu = context_.launch.cpu = context_.latency_cpu;
}

bool Lane::ask(const nlohmann::json& request, std::chrono::duration<double> timeout, std::string_view stage,
               AnswerReader read) {
  if (worker_ == nullptr) return false;  // it has failed before
  Outcome outcome = worker_->request(request, timeout, stage, std::move(read));
  add_refusals(record_.runner.refused, worker_->refused());
  if (outcome.ok()) return true;
  record_.outcome = std::move(outcome);
  worker_.reset();
  accelerator_.explain(record_.outcome);
  record_.accelerator = accelerator_.record();
  if (record_.outcome.status != Status::kCancelled) (void)require_same_files();
  return false;
}

bool Lane::require_same_files() {
  const std::string change = context_.watch != nullptr ? context_.watch->change() : std::string();
  if (change.empty()) return true;
  const std::string before = record_.outcome.ok() ? "" : fmt::format(" ({})", record_.outcome.reason);
  record_.outcome.status = Status::kError;
  record_.outcome.reason = change + before;
  if (record_.outcome.stage.empty()) record_.outcome.stage = "load";
  worker_.reset();
  return false;
}

bool Lane::load() {
  if (!ok()) return false;
  if (process_ == 0) accelerator_.look_before();
  worker_ = start_worker(context_.launch, record_.outcome);
  if (worker_ == nullptr) return false;
  const std::chrono::duration<double> timeout(context_.settings->load_timeout_s);
  nlohmann::json request = lane_load_request(context_, record_.batch);
  request["brief"] = process_ > 0;
  LoadReply loaded;
  if (!ask(request, timeout, "load", [&](const Answer& answer) { loaded = read_load_reply(answer, process_ > 0); })) {
    return false;
  }
  if (!require_same_files()) return false;  // the worker has opened them by now
  if (process_ == 0) {
    record_.load_ms = loaded.load_ms;
    record_.batching = std::move(loaded.batching);
    auto refused = std::move(record_.runner.refused);
    record_.runner = std::move(loaded.runner);
    record_.runner.refused = std::move(refused);
    record_.inputs = std::move(loaded.inputs);
    record_.outputs = std::move(loaded.outputs);
    record_.memory.before_load = loaded.memory_before;
    record_.memory.peak_load = loaded.memory_peak;
  }
  worker_->pause();
  return true;
}

bool Lane::attach_and_run_first() {
  const std::chrono::duration<double> timeout(context_.settings->load_timeout_s);
  resume();
  if (!ask(attach_request(feed_), timeout, "attach", read_empty_reply)) return false;
  FirstReply first;
  if (!ask({{"op", "first"}}, timeout, "first invoke",
           [&first](const Answer& answer) { first = read_first_reply(answer); })) {
    return false;
  }
  if (process_ == 0) {
    record_.first_invoke_ms = first.first_invoke_ms;
    record_.memory.peak_first = first.memory_peak;
    invoke_ns_ = record_.first_invoke_ms * 1e6;
  }
  return true;
}

bool Lane::warm_up(Feed feed) {
  feed_ = std::move(feed);
  if (!attach_and_run_first()) return false;
  worker_->pause();
  return true;
}

std::optional<BlockReply> Lane::ask_block(BlockSize size, std::chrono::duration<double> timeout,
                                          std::string_view stage) {
  nlohmann::json request = {{"op", "block"}, {"dropped", size.dropped}, {"timed", size.timed}};
  if (planted_units_ > 0) request["planted_units"] = planted_units_;
  const BlockAsked asked{.timed = size.timed, .planted = planted_units_ > 0};
  BlockReply block;
  if (!ask(request, timeout, stage, [&](const Answer& answer) { block = read_block_reply(answer, asked); })) {
    return std::nullopt;
  }
  return block;
}

void Lane::resume() {
  if (worker_ != nullptr) worker_->resume();
}

bool Lane::run_calibration_block(double seconds) {
  const double affordable = std::min(kCalibrationSeconds, seconds) * 1e9 / std::max(invoke_ns_, 1.0);
  const double most = record_.batch > 1 ? kBatchedDropped + kBatchedTimed : kCalibrationInvokes;
  const int invokes = static_cast<int>(std::clamp(affordable, 1.0, most));
  resume();
  const std::optional<BlockReply> block = ask_block({.dropped = 0, .timed = invokes}, block_timeout(), "warm-up");
  if (!block) return false;
  worker_->pause();
  std::vector<double> taken_s;
  for (const std::int64_t ns : block->samples_ns) taken_s.push_back(static_cast<double>(ns) * 1e-9);
  invoke_ns_ = metrics::median(taken_s) * 1e9;
  calibration_s_.push_back(std::move(taken_s));
  return true;
}

void Lane::settle_block_size() {
  BlockSize size{.dropped = kBatchedDropped, .timed = record_.batch > 1 ? kBatchedTimed : kMinTimed};
  const std::vector<double> typical =
      calibration_s_.empty() ? std::vector<double>() : metrics::positionwise_median(calibration_s_);
  if (record_.batch == 1 && typical.size() >= kFewestForCalibration) {
    const metrics::Warmup warmup = metrics::calibrate_warmup(typical);
    size = {.dropped = static_cast<int>(warmup.dropped), .timed = static_cast<int>(warmup.timed)};
  }
  set_block_size(size);
}

void Lane::set_block_size(BlockSize size) {
  record_.dropped = size.dropped;
  record_.timed = size.timed;
  shorten_block(context_.settings->max_block_seconds);
}

void Lane::shorten_block(double seconds) {
  BlockSize size = block_size();
  constexpr double kMost = 1e6;
  const int most = static_cast<int>(std::clamp(seconds * 1e9 / std::max(invoke_ns_, 1.0), 0.0, kMost));
  if (size.dropped + size.timed > most) {
    size.dropped = std::clamp(size.dropped, 1, std::max(1, most / 2));
    size.timed = std::max(1, most - size.dropped);
  }
  record_.dropped = size.dropped;
  record_.timed = size.timed;
}

int Lane::rounds_a_process() const noexcept {
  const int wanted = context_.settings->restart_rounds;
  const bool has_delegate = !context_.cell->options.delegate.library.empty();
  return has_delegate && wanted > 0 ? std::max(wanted, kDelegateRounds) : wanted;
}

std::chrono::duration<double> Lane::block_timeout() const {
  // The limit is for one answer of a healthy worker; a block of many slow invokes may need longer.
  const double expected = invoke_ns_ * 1e-9 * (record_.dropped + record_.timed + 3);
  return std::chrono::duration<double>(context_.settings->request_timeout_s + 10.0 * expected);
}

bool Lane::run_block(int round) {
  const bool metered = context_.board != nullptr && !context_.board->board().energy.meters.empty();
  const BoardSample before = metered ? context_.board->read_meters() : BoardSample();
  resume();
  const double start_s = elapsed_seconds(context_.run_start);
  const std::optional<BlockReply> block = ask_block(block_size(), block_timeout(), "block");
  const double seconds = elapsed_seconds(context_.run_start) - start_s;
  if (!block) return false;
  worker_->pause();
  if (metered) {
    energy_.add(context_.board->board().energy, before, context_.board->read_meters(), seconds,
                std::int64_t{record_.batch} * (record_.dropped + record_.timed));
  }
  store_block(round, start_s, *block);
  return true;
}

std::vector<double> Lane::run_stretch(double seconds) {
  const int invokes = static_cast<int>(std::clamp(seconds * 1e9 / std::max(invoke_ns_, 1.0), 1.0, kLongestStretch));
  resume();
  const std::chrono::duration<double> timeout(context_.settings->request_timeout_s + 10.0 * seconds);
  const std::optional<BlockReply> block = ask_block({.dropped = 0, .timed = invokes}, timeout, "sustained");
  if (!block) return {};
  std::vector<double> samples_ns(block->samples_ns.begin(), block->samples_ns.end());
  invoke_ns_ = metrics::median(samples_ns);
  return samples_ns;
}

void Lane::store_block(int round, double start_s, const BlockReply& block) {
  const bool same_round = !record_.blocks.empty() && record_.blocks.back().round == round;
  if (!same_round)
    record_.blocks.push_back({.round = round, .process = process_, .start_s = start_s, .samples_ns = {}});
  std::vector<std::int64_t>& samples = record_.blocks.back().samples_ns;
  samples.insert(samples.end(), block.samples_ns.begin(), block.samples_ns.end());
  record_.turns = std::max(record_.turns, static_cast<int>(std::ssize(samples)) / std::max(record_.timed, 1));
  append(encode_ns_, block.encode_ns);
  append(copy_in_ns_, block.copy_in_ns);
  append(copy_out_ns_, block.copy_out_ns);
  cpu_ns_.push_back(static_cast<double>(block.cpu_ns));
  append(planted_ns_, block.planted_ns);
  record_.memory.peak_steady = std::max(record_.memory.peak_steady, block.memory_peak);
}

double Lane::planted_log_ratio() const {
  if (planted_ns_.empty()) return 0.0;
  const std::vector<double> with = record_.samples_ns();
  std::vector<double> without;
  for (std::size_t i = 0; i < with.size(); ++i) without.push_back(with[i] - planted_ns_[i]);
  return std::log(metrics::median(with) / metrics::median(without));
}

bool Lane::restart() {
  const Clock::time_point start = Clock::now();
  stop();
  ++process_;
  if (!load() || !attach_and_run_first()) return false;
  worker_->pause();
  restart_s_ = elapsed_seconds(start);
  return true;
}

void Lane::stop() { worker_.reset(); }

LaneRecord Lane::finished() {
  if (ok()) (void)require_same_files();
  if (accelerator_.record() && ok()) {
    stop();
    accelerator_.look_after();
    record_.accelerator = accelerator_.record();
  }
  LaneRecord record = record_;
  record.encode_us = median_or_zero(encode_ns_) / 1e3;
  record.input_copy_us = median_or_zero(copy_in_ns_) / 1e3;
  record.output_copy_us = median_or_zero(copy_out_ns_) / 1e3;
  if (context_.board != nullptr) record.energy = energy_.per_image(context_.board->board().energy);
  record.cpu_ms = mean_or_zero(cpu_ns_) / 1e6;
  return record;
}

}  // namespace qbench::engine
