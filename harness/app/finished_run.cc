// SPDX-License-Identifier: Apache-2.0
#include "harness/app/finished_run.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "reports/record_reader.h"

namespace qbench::app {
namespace {

template <typename Piece>
bool same_piece(const Piece& a, const Piece& b) {
  return nlohmann::json(a) == nlohmann::json(b);
}

/// What failed before it was timed is tried at every start, and its words may differ.
bool same_lane(const LaneRecord& a, const LaneRecord& b) {
  if (!a.outcome.ok() && a.outcome.status == b.outcome.status && a.blocks.empty() && b.blocks.empty()) {
    return a.batch == b.batch;
  }
  return same_piece(a, b);
}

template <typename Piece>
bool same_optional(const std::optional<Piece>& a, const std::optional<Piece>& b) {
  if (a && b) return a->outcome.ok() || b->outcome.ok() ? same_piece(*a, *b) : a->outcome.status == b->outcome.status;
  return a.has_value() == b.has_value();
}

bool same_cell(const CellRecord& a, const CellRecord& b) {
  return a.id == b.id && a.model.sha256 == b.model.sha256 && to_json(a.recipe) == to_json(b.recipe) &&
         std::ranges::equal(a.lanes, b.lanes, same_lane) && same_optional(a.accuracy, b.accuracy) &&
         same_optional(a.sustained, b.sustained);
}

}  // namespace

std::optional<Record> finished_record(const Record& now, const std::filesystem::path& folder) {
  std::error_code ignored;
  const std::filesystem::path file = folder / "report.json";
  if (now.partial || !std::filesystem::exists(file, ignored)) return std::nullopt;
  try {
    Record before = reports::read_record(file);
    if (before.partial || !std::ranges::equal(before.cells, now.cells, same_cell)) return std::nullopt;
    return before;
  } catch (const Error&) {
    return std::nullopt;  // damaged: it is written anew
  }
}

}  // namespace qbench::app
