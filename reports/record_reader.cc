// SPDX-License-Identifier: Apache-2.0
#include "reports/record_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/sha256.h"
#include "reports/predictions_csv.h"

namespace qbench::reports {
namespace {

std::filesystem::path record_file(const std::filesystem::path& path) {
  std::error_code ignored;
  return std::filesystem::is_directory(path, ignored) ? path / "report.json" : path;
}

void require(bool holds, std::string_view source, const std::string& cell, const char* what) {
  if (!holds) throw Error(ErrorCode::kConfig, "'{}' is damaged: cell '{}': {}", source, cell, what);
}

void check_lane(const LaneRecord& lane, const std::string& cell, std::string_view source) {
  require(lane.batch >= 1, source, cell, "a batch below 1");
  for (const BlockRecord& block : lane.blocks) {
    const bool negative = std::ranges::any_of(block.samples_ns, [](std::int64_t sample) { return sample < 0; });
    require(!negative, source, cell, "a negative time");
  }
}

void check_accuracy(const AccuracyRecord& accuracy, const std::string& cell, std::string_view source) {
  const auto within = [&](std::int64_t count) { return count >= 0 && count <= accuracy.images; };
  require(accuracy.images >= 0, source, cell, "a negative number of images");
  require(within(accuracy.correct) && within(accuracy.correct_top5), source, cell, "more right answers than images");
  for (const std::optional<TieRecord>& ties : {accuracy.top1_ties, accuracy.top5_ties}) {
    if (!ties) continue;
    const bool fits = within(ties->images) && within(ties->low) && within(ties->high) && ties->low <= ties->high;
    require(fits, source, cell, "more ties than images");
  }
  for (const ClassCount& count : accuracy.per_class) {
    const bool fits = count.images >= 0 && count.correct >= 0 && count.correct <= count.images;
    require(fits, source, cell, "more right answers than images of a class");
  }
}

/// A name from the record that stays inside the result folder.
bool is_inside(const std::filesystem::path& name) {
  return !name.empty() && name.is_relative() &&
         std::ranges::none_of(name, [](const std::filesystem::path& part) { return part == ".."; });
}

/// A link on the way from the folder to the file may lead anywhere.
void require_no_link(const std::filesystem::path& folder, const std::filesystem::path& name) {
  std::filesystem::path path = folder;
  std::error_code absent;
  for (const std::filesystem::path& part : name) {
    path /= part;
    if (!std::filesystem::is_symlink(path, absent)) continue;
    throw Error(ErrorCode::kConfig, "'{}' is a link, and none is followed in a result folder", path.string());
  }
}

/// The hash that a run keeps beside its counts.
std::string top1_sha256(const std::vector<Prediction>& predictions) {
  Sha256 hash;
  for (const Prediction& prediction : predictions) {
    const std::int32_t top1 = prediction.top1();
    hash.update(std::as_bytes(std::span(&top1, 1)));
  }
  return hash.finish();
}

void read_predictions(const CellRecord& cell, StoredRun& run) {
  if (!cell.accuracy || cell.accuracy->predictions_file.empty()) return;
  const std::filesystem::path name = cell.accuracy->predictions_file;
  if (!is_inside(name)) {
    run.warnings.push_back(fmt::format("'{}': its predictions '{}' lie outside the result folder and are not read",
                                       cell.id, name.string()));
    return;
  }
  try {
    require_no_link(run.folder, name);
    std::vector<Prediction> predictions = read_predictions_csv(run.folder / name).predictions;
    const std::string& counted = cell.accuracy->prediction_sha256;
    if (!counted.empty() && top1_sha256(predictions) != counted) {
      throw Error(ErrorCode::kConfig, "'{}' does not hold what was counted", (run.folder / name).string());
    }
    run.predictions.push_back({cell.id, std::move(predictions)});
  } catch (const Error& error) {
    run.warnings.push_back(fmt::format("'{}': no predictions: {}", cell.id, error.what()));
  }
}

}  // namespace

void check_record(const Record& record, std::string_view source) {
  std::set<std::string> ids;
  for (const CellRecord& cell : record.cells) {
    require(ids.insert(cell.id).second, source, cell.id, "its id is used twice");
    for (const LaneRecord& lane : cell.lanes) check_lane(lane, cell.id, source);
    if (cell.accuracy) check_accuracy(*cell.accuracy, cell.id, source);
  }
  for (const CellRecord& cell : record.cells) {
    require(cell.baseline.empty() || ids.contains(cell.baseline), source, cell.id, "its baseline is not in the record");
  }
}

Record read_record(const std::filesystem::path& path) {
  const std::filesystem::path file = record_file(path);
  const std::optional<nlohmann::json> json = try_parse_json(read_text_file(file));
  if (!json) {
    throw Error(ErrorCode::kConfig, "'{}' is not JSON, only a part of it, or nested too deeply; was the disk full?",
                file.string());
  }
  Record record = record_from_json(*json, file.string());
  check_record(record, file.string());
  return record;
}

StoredRun read_run(const std::filesystem::path& path) {
  StoredRun run;
  run.folder = record_file(path).parent_path();
  run.record = read_record(path);
  for (const CellRecord& cell : run.record.cells) read_predictions(cell, run);
  return run;
}

}  // namespace qbench::reports
