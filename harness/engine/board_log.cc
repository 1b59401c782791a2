// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/board_log.h"

#include <algorithm>

namespace qbench::engine {

BoardLog::BoardLog(Board board, const std::filesystem::path& root, Clock::time_point run_start,
                   std::chrono::milliseconds interval)
    : board_(std::move(board)), sampler_(board_, root), run_start_(run_start), interval_(interval) {}

double BoardLog::seconds(Clock::time_point time) const {
  return std::chrono::duration<double>(time - run_start_).count();
}

void BoardLog::tick() {
  if (!last_ || Clock::now() - *last_ >= interval_) sample_now();
}

void BoardLog::sample_now() {
  const Clock::time_point start = Clock::now();
  series_.push_back({seconds(start), sampler_.sample()});
  last_ = Clock::now();
  cost_s_ += std::chrono::duration<double>(*last_ - start).count();
}

Disturbance BoardLog::disturbance(double from_s, double to_s) const {
  const auto first_after = [this](double time) {
    return std::ranges::upper_bound(series_, time, {}, &BoardPoint::at_s);
  };
  auto from = first_after(from_s);
  auto to = first_after(to_s);
  if (from != series_.begin()) --from;
  if (to != series_.end()) ++to;
  std::vector<BoardSample> samples;
  for (; from < to; ++from) samples.push_back(from->sample);
  return disturbance_in(board_, samples);
}

std::vector<BoardSample> BoardLog::between(double from_s, double to_s) const {
  std::vector<BoardSample> samples;
  for (const BoardPoint& point : series_) {
    if (point.at_s >= from_s && point.at_s <= to_s) samples.push_back(point.sample);
  }
  return samples;
}

double BoardLog::sample_cost_us() const noexcept {
  return series_.empty() ? 0.0 : cost_s_ * 1e6 / static_cast<double>(series_.size());
}

}  // namespace qbench::engine
