// SPDX-License-Identifier: Apache-2.0
#include "core/record.h"

namespace qbench {
namespace {

/// Rank for CellRecord::worst(): higher is worse.
int severity(Status status) noexcept {
  switch (status) {
    case Status::kOk:
      return 0;
    case Status::kCancelled:
      return 1;
    case Status::kUnsupported:
      return 2;
    case Status::kError:
      return 3;
    case Status::kTimeout:
      return 4;
    case Status::kOom:
      return 5;
    case Status::kCrashed:
      return 6;
  }
  return 6;
}

}  // namespace

std::string_view status_name(Status status) noexcept {
  switch (status) {
    case Status::kOk:
      return "ok";
    case Status::kUnsupported:
      return "unsupported";
    case Status::kCrashed:
      return "crashed";
    case Status::kTimeout:
      return "timeout";
    case Status::kOom:
      return "oom";
    case Status::kError:
      return "error";
    case Status::kCancelled:
      return "cancelled";
  }
  return "error";
}

std::vector<double> LaneRecord::samples_ns() const {
  std::vector<double> all;
  for (const BlockRecord& block : blocks) all.insert(all.end(), block.samples_ns.begin(), block.samples_ns.end());
  return all;
}

const LaneRecord* CellRecord::lane(int batch) const noexcept {
  for (const LaneRecord& candidate : lanes) {
    if (candidate.batch == batch) return &candidate;
  }
  return nullptr;
}

const Outcome& CellRecord::worst() const noexcept {
  static const Outcome kFine;
  const Outcome* worst = &kFine;
  const auto consider = [&worst](const Outcome& outcome) {
    if (severity(outcome.status) > severity(worst->status)) worst = &outcome;
  };
  for (const LaneRecord& candidate : lanes) {
    if (candidate.batch == 1 || candidate.outcome.status != Status::kUnsupported) consider(candidate.outcome);
  }
  if (accuracy) consider(accuracy->outcome);
  if (sustained) consider(sustained->outcome);
  return *worst;
}

const CellRecord& Record::baseline_of(const CellRecord& cell) const noexcept {
  if (cell.baseline.empty()) return cells.front();
  for (const CellRecord& candidate : cells) {
    if (candidate.id == cell.baseline) return candidate;
  }
  return cell;
}

const WorkerRecord* Record::worker_of(const CellRecord& cell) const noexcept {
  if (cell.worker.empty()) return workers.empty() ? nullptr : &workers.front();
  for (const WorkerRecord& worker : workers) {
    if (worker.path == cell.worker) return &worker;
  }
  return nullptr;
}

}  // namespace qbench
