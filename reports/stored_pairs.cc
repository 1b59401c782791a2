// SPDX-License-Identifier: Apache-2.0
#include "reports/stored_pairs.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace qbench::reports {
namespace {

bool same_kind(const CellRecord& a, const CellRecord& b) {
  return a.variant == b.variant && a.side == b.side && a.runner == b.runner && a.kernels == b.kernels &&
         a.delegate == b.delegate && a.threads == b.threads;
}

bool same_library_name(const CellRecord& a, const CellRecord& b) {
  const auto name = [](const CellRecord& cell) { return std::filesystem::path(cell.library).filename(); };
  return name(a) == name(b);
}

/// The best counterpart of `cell` that is not taken yet; null without one.
const CellRecord* counterpart(const CellRecord& cell, const std::vector<const CellRecord*>& left) {
  const CellRecord* found = nullptr;
  for (const CellRecord* other : left) {
    if (!same_kind(cell, *other)) continue;
    if (same_library_name(cell, *other)) return other;
    if (found == nullptr) found = other;
  }
  return found;
}

void note_batches(const CellRecord& cell, const CellRecord& other, const char* record, Pairing& pairing) {
  for (const LaneRecord& lane : cell.lanes) {
    if (other.lane(lane.batch) != nullptr) continue;
    pairing.unpaired.push_back(fmt::format("'{}', batch {}: only in the {} record", cell.id, lane.batch, record));
  }
}

/// Hash and version of what ran; records of older builds only know the program's version.
bool same_worker(const Record& a, const CellRecord& cell_a, const Record& b, const CellRecord& cell_b) {
  const WorkerRecord* worker_a = a.worker_of(cell_a);
  const WorkerRecord* worker_b = b.worker_of(cell_b);
  if (worker_a != nullptr && worker_b != nullptr) return worker_a->sha256 == worker_b->sha256;
  return worker_a == worker_b && a.qbench_version == b.qbench_version && a.git_commit == b.git_commit;
}

bool same_code(const CellRecord& a, const CellRecord& b) {
  return !a.model.sha256.empty() && a.model.sha256 == b.model.sha256 && a.runner == b.runner &&
         a.delegate == b.delegate && a.threads == b.threads && recipe_sha256(a.recipe) == recipe_sha256(b.recipe);
}

bool same_runtime(const LaneRecord& a, const LaneRecord& b) {
  return a.outcome.ok() && b.outcome.ok() && a.runner.kernels == b.runner.kernels &&
         a.runner.library_sha256 == b.runner.library_sha256 && a.runner.version == b.runner.version &&
         a.batching == b.batching && !a.blocks.empty() && !b.blocks.empty();
}

}  // namespace

Pairing pair_cells(const Record& a, const Record& b) {
  Pairing pairing;
  std::vector<const CellRecord*> left;
  for (const CellRecord& cell : b.cells) left.push_back(&cell);
  for (const CellRecord& cell : a.cells) {
    const CellRecord* other = counterpart(cell, left);
    if (other == nullptr) {
      pairing.unpaired.push_back(fmt::format("'{}': only in the reference record", cell.id));
      continue;
    }
    std::erase(left, other);
    pairing.pairs.push_back({&cell, other});
    note_batches(cell, *other, "reference", pairing);
    note_batches(*other, cell, "candidate", pairing);
  }
  for (const CellRecord* cell : left) {
    pairing.unpaired.push_back(fmt::format("'{}': only in the candidate record", cell->id));
  }
  return pairing;
}

CellPair shared_cell(const Record& a, const Record& b, const CellPair& pair, int batch) {
  for (const CellRecord& cell_a : a.cells) {
    const LaneRecord* lane_a = cell_a.lane(batch);
    if (&cell_a == pair.a || lane_a == nullptr) continue;
    for (const CellRecord& cell_b : b.cells) {
      const LaneRecord* lane_b = cell_b.lane(batch);
      if (&cell_b == pair.b || lane_b == nullptr) continue;
      if (same_code(cell_a, cell_b) && same_runtime(*lane_a, *lane_b) && same_worker(a, cell_a, b, cell_b)) {
        return {&cell_a, &cell_b};
      }
    }
  }
  return {};
}

}  // namespace qbench::reports
