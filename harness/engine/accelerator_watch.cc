// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/accelerator_watch.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

namespace qbench::engine {
namespace {

using runners::AcceleratorReport;
using runners::DeviceState;
using runners::ProbeReport;

using Clock = std::chrono::steady_clock;

constexpr std::string_view kCoral = "coral";
constexpr auto kLookInterval = std::chrono::milliseconds(200);

bool is_there(const AcceleratorReport& accelerator) {
  return accelerator.state != DeviceState::kVanished && accelerator.state != DeviceState::kNoNode;
}

AcceleratorLook look_of(const AcceleratorReport& accelerator) {
  return {.state = std::string(runners::state_name(accelerator.state)),
          .id = accelerator.id,
          .port = accelerator.port,
          .speed_mbps = accelerator.speed_mbps};
}

std::string device_option(const runners::DelegateOptions& delegate) {
  const auto found = delegate.options.find("device");
  return found == delegate.options.end() ? std::string() : found->second;
}

void describe_runtime(const ProbeReport& report, AcceleratorRecord& record) {
  const auto runtime = std::ranges::find(report.runtimes, record.family, &runners::AcceleratorRuntime::family);
  if (runtime == report.runtimes.end()) return;
  record.runtime = runtime->version;
  record.runtime_sha256 = runtime->sha256;
}

}  // namespace

std::string accelerator_family(const runners::DelegateOptions& delegate) {
  const std::string file = delegate.library.filename().string();
  return file.find("edgetpu") != std::string::npos ? std::string(kCoral) : std::string();
}

AcceleratorWatch::AcceleratorWatch(const CellPlan& cell, AcceleratorProbe probe, std::chrono::milliseconds patience)
    : family_(accelerator_family(cell.options.delegate)),
      library_(cell.options.delegate.library.string()),
      device_(device_option(cell.options.delegate)),
      probe_(std::move(probe)),
      patience_(patience) {}

/// The device that the delegate is told to take, or the best one of the family.
const AcceleratorReport* AcceleratorWatch::choose(const ProbeReport& report) const {
  const AcceleratorReport* best = nullptr;
  for (const AcceleratorReport& accelerator : report.accelerators) {
    if (accelerator.family != family_) continue;
    if (!device_.empty() && accelerator.device_option == device_) return &accelerator;
    if (best == nullptr || (!best->usable() && accelerator.usable())) best = &accelerator;
  }
  return best;
}

/// The device at the known port. One that was alone may come back on the other bus of the same socket.
const AcceleratorReport* AcceleratorWatch::find_again(const ProbeReport& report) const {
  const AcceleratorReport* other = nullptr;
  for (const AcceleratorReport& accelerator : report.accelerators) {
    if (accelerator.family != family_ || !is_there(accelerator)) continue;
    if (accelerator.port == record_->before->port) return &accelerator;
    other = &accelerator;
  }
  return seen_before_ == 1 ? other : nullptr;
}

void AcceleratorWatch::look_before() {
  if (family_.empty() || !probe_) return;
  const ProbeReport report = probe_(library_);
  record_.emplace();
  record_->family = family_;
  record_->problem = report.why_unusable(family_);
  describe_runtime(report, *record_);
  const AcceleratorReport* accelerator = choose(report);
  if (accelerator == nullptr) return;
  seen_before_ = static_cast<int>(std::ranges::count(report.accelerators, family_, &AcceleratorReport::family));
  record_->name = accelerator->name;
  record_->warnings = accelerator->warnings;
  record_->before = look_of(*accelerator);
}

std::optional<AcceleratorLook> AcceleratorWatch::look_again() const {
  const Clock::time_point end = Clock::now() + patience_;
  while (true) {
    const ProbeReport report = probe_(library_);
    if (const AcceleratorReport* accelerator = record_->before ? find_again(report) : choose(report)) {
      return look_of(*accelerator);
    }
    if (!record_->before || Clock::now() >= end) return std::nullopt;
    std::this_thread::sleep_for(kLookInterval);
  }
}

void AcceleratorWatch::look_after() {
  if (!record_ || record_->lost) return;
  record_->after = look_again();
  record_->lost = record_->before.has_value() && !record_->after;
}

void AcceleratorWatch::explain(Outcome& outcome) {
  if (outcome.ok() || outcome.status == Status::kCancelled || !record_) return;
  look_after();
  if (record_->lost) {
    outcome.status = Status::kCrashed;
    outcome.reason = fmt::format("accelerator lost: {} was at {} and is gone; check cable, port and power ({})",
                                 record_->name, record_->before->port, outcome.reason);
  } else if (!record_->problem.empty()) {
    outcome.reason = fmt::format("{} ({})", record_->problem, outcome.reason);
  }
}

}  // namespace qbench::engine
