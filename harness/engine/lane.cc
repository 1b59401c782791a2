// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/lane.h"

#include <algorithm>
#include <cmath>

#include "core/metrics/descriptive.h"
#include "core/metrics/warmup.h"
#include "harness/engine/latency_cpu.h"

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

void append(std::vector<double>& all, const nlohmann::json& values) {
  for (const nlohmann::json& value : values) all.push_back(value.get<double>());
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
  return {{"op", "load"},
          {"model", (context.model.empty() ? cell.model : context.model).string()},
          {"runner", cell.runner},
          {"library", cell.options.library.string()},
          {"threads", cell.options.threads},
          {"batch", batch},
          {"kernels", static_cast<int>(cell.options.kernels)},
          {"delegate", cell.options.delegate.library.string()},
          {"delegate_options", cell.options.delegate.options},
          {"rebatch", context.settings->rebatch}};
}

Lane::Lane(LaneContext context, int batch)
    : context_(std::move(context)), accelerator_(*context_.cell, context_.probe_accelerators) {
  record_.batch = batch;
  if (fits_one_cpu(*context_.cell)) record_.cpu = context_.launch.cpu = context_.latency_cpu;
}

bool Lane::accept(const Reply& reply) {
  if (reply.ok()) return true;
  record_.outcome = reply.outcome;
  worker_.reset();
  accelerator_.explain(record_.outcome);
  record_.accelerator = accelerator_.record();
  return false;
}

bool Lane::load() {
  if (process_ == 0) accelerator_.look_before();
  worker_ = std::make_unique<WorkerProcess>(context_.launch);
  const std::chrono::duration<double> timeout(context_.settings->load_timeout_s);
  nlohmann::json request = lane_load_request(context_, record_.batch);
  request["brief"] = process_ > 0;
  const Reply reply = worker_->request(request, timeout, "load");
  if (!accept(reply)) return false;
  if (process_ == 0) {
    record_.load_ms = reply.body.at("load_ms").get<double>();
    record_.batching = reply.body.at("batching").get<std::string>();
    record_.runner = reply.body.at("runner").get<RunnerRecord>();
    record_.inputs = reply.body.at("inputs").get<std::vector<TensorSpec>>();
    record_.outputs = reply.body.at("outputs").get<std::vector<TensorSpec>>();
    record_.memory.before_load = reply.body.at("memory").at("before").get<std::int64_t>();
    record_.memory.peak_load = reply.body.at("memory").at("peak").get<std::int64_t>();
  }
  worker_->pause();
  return true;
}

bool Lane::attach_and_run_first() {
  const std::chrono::duration<double> timeout(context_.settings->load_timeout_s);
  worker_->resume();
  if (!accept(worker_->request(attach_request(feed_), timeout, "attach"))) return false;
  const Reply first = worker_->request({{"op", "first"}}, timeout, "first invoke");
  if (!accept(first)) return false;
  if (process_ == 0) {
    record_.first_invoke_ms = first.body.at("first_invoke_ms").get<double>();
    record_.memory.peak_first = first.body.at("memory").at("peak").get<std::int64_t>();
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

nlohmann::json Lane::block_request(int dropped, int timed) const {
  nlohmann::json request = {{"op", "block"}, {"dropped", dropped}, {"timed", timed}};
  if (planted_units_ > 0) request["planted_units"] = planted_units_;
  return request;
}

bool Lane::run_calibration_block(double seconds) {
  const double affordable = std::min(kCalibrationSeconds, seconds) * 1e9 / std::max(invoke_ns_, 1.0);
  const double most = record_.batch > 1 ? kBatchedDropped + kBatchedTimed : kCalibrationInvokes;
  const int invokes = static_cast<int>(std::clamp(affordable, 1.0, most));
  worker_->resume();
  const Reply reply = worker_->request(block_request(0, invokes), block_timeout(), "warm-up");
  if (!accept(reply)) return false;
  worker_->pause();
  std::vector<double> taken_s;
  for (const nlohmann::json& ns : reply.body.at("samples_ns")) taken_s.push_back(ns.get<double>() * 1e-9);
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
  worker_->resume();
  const double start_s = elapsed_seconds(context_.run_start);
  const Reply reply = worker_->request(block_request(record_.dropped, record_.timed), block_timeout(), "block");
  const double seconds = elapsed_seconds(context_.run_start) - start_s;
  if (!accept(reply)) return false;
  worker_->pause();
  if (metered) {
    energy_.add(context_.board->board().energy, before, context_.board->read_meters(), seconds,
                std::int64_t{record_.batch} * (record_.dropped + record_.timed));
  }
  store_block(round, start_s, reply.body);
  return true;
}

std::vector<double> Lane::run_stretch(double seconds) {
  const int invokes = static_cast<int>(std::clamp(seconds * 1e9 / std::max(invoke_ns_, 1.0), 1.0, kLongestStretch));
  worker_->resume();
  const std::chrono::duration<double> timeout(context_.settings->request_timeout_s + 10.0 * seconds);
  const Reply reply = worker_->request(block_request(0, invokes), timeout, "sustained");
  if (!accept(reply)) return {};
  auto samples_ns = reply.body.at("samples_ns").get<std::vector<double>>();
  invoke_ns_ = metrics::median(samples_ns);
  return samples_ns;
}

void Lane::store_block(int round, double start_s, const nlohmann::json& body) {
  const bool same_round = !record_.blocks.empty() && record_.blocks.back().round == round;
  if (!same_round)
    record_.blocks.push_back({.round = round, .process = process_, .start_s = start_s, .samples_ns = {}});
  std::vector<std::int64_t>& samples = record_.blocks.back().samples_ns;
  for (const nlohmann::json& ns : body.at("samples_ns")) samples.push_back(ns.get<std::int64_t>());
  record_.turns = std::max(record_.turns, static_cast<int>(std::ssize(samples)) / std::max(record_.timed, 1));
  append(encode_ns_, body.at("encode_ns"));
  append(copy_in_ns_, body.at("copy_in_ns"));
  append(copy_out_ns_, body.at("copy_out_ns"));
  cpu_ns_.push_back(body.at("cpu_ns").get<double>());
  if (body.contains("planted_ns")) append(planted_ns_, body.at("planted_ns"));
  record_.memory.peak_steady = std::max(record_.memory.peak_steady, body.at("memory").at("peak").get<std::int64_t>());
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
