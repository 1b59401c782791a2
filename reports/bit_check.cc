// SPDX-License-Identifier: Apache-2.0
#include "reports/bit_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <map>
#include <set>

#include "core/error.h"
#include "core/files.h"
#include "reports/predictions_csv.h"

namespace qbench::reports {
namespace {

constexpr std::uint64_t kMostScoreBytes = 4ULL << 30;

bool computes_in_integers(const CellRecord& cell) {
  static const std::set<std::string> kNames{"int8", "int8-float-io", "uint8", "int16x8", "edgetpu"};
  return kNames.contains(cell.model.precision) && !cell.model.sha256.empty();
}

const CellRecord* same_work(const CellRecord& cell, const Record& record) {
  for (const CellRecord& other : record.cells) {
    if (other.model.sha256 == cell.model.sha256 && other.runner == cell.runner && other.kernels == cell.kernels &&
        other.threads == cell.threads) {
      return &other;
    }
  }
  return nullptr;
}

std::string class_text(const Record& record, std::int32_t index) {
  const auto place = static_cast<std::size_t>(index);
  if (index < 0 || !record.dataset || place >= record.dataset->class_names.size()) return std::to_string(index);
  return record.dataset->class_names[place];
}

/// A file of a run that its record names; nullopt when the name leads out of the result folder.
std::optional<std::filesystem::path> file_of(const StoredRun& run, const std::string& name) {
  const std::filesystem::path relative = name;
  const bool inside = !name.empty() && relative.is_relative() &&
                      std::ranges::none_of(relative, [](const auto& part) { return part == ".."; });
  return inside ? std::optional(run.folder / relative) : std::nullopt;
}

std::optional<std::vector<std::byte>> scores_of(const StoredRun& run, const CellRecord& cell) {
  const auto file = file_of(run, cell.accuracy->scores_file);
  if (!file) return std::nullopt;
  try {
    return read_file(*file, kMostScoreBytes);
  } catch (const Error&) {
    return std::nullopt;  // the five best of each image remain
  }
}

/// The outputs that were kept of both runs.
class Outputs {
 public:
  Outputs(const StoredRun& first, const CellRecord& cell, const StoredRun& second, const CellRecord& other)
      : here_(scores_of(first, cell)), there_(scores_of(second, other)) {
    const auto samples = static_cast<std::size_t>(first.record.dataset->samples);
    const bool usable = here_ && there_ && here_->size() == there_->size() && samples > 0 &&
                        here_->size() % (samples * sizeof(float)) == 0;
    if (usable) row_bytes_ = here_->size() / samples;
  }

  [[nodiscard]] bool complete() const noexcept { return row_bytes_ > 0; }

  [[nodiscard]] bool same(const Prediction& a, const Prediction& b) const {
    if (!complete()) return a.count == b.count && a.classes == b.classes && same_bits(a, b);
    const std::size_t at = a.sample * row_bytes_;
    if (at + row_bytes_ > here_->size()) return false;
    return std::memcmp(here_->data() + at, there_->data() + at, row_bytes_) == 0;
  }

 private:
  static bool same_bits(const Prediction& a, const Prediction& b) {
    return std::ranges::equal(a.scores, b.scores, {}, std::bit_cast<std::uint32_t, float>,
                              std::bit_cast<std::uint32_t, float>);
  }

  std::optional<std::vector<std::byte>> here_;
  std::optional<std::vector<std::byte>> there_;
  std::size_t row_bytes_ = 0;
};

std::string reason_against(const StoredRun& first, const CellRecord& cell, const StoredRun& second,
                           const CellRecord& other) {
  if (!first.record.dataset || !second.record.dataset) return "a run without a dataset";
  const std::string& sha = first.record.dataset->sha256;
  if (sha.empty() || sha != second.record.dataset->sha256) return "the two runs saw different datasets";
  if (recipe_sha256(cell.recipe) != recipe_sha256(other.recipe)) return "the two runs prepared the images differently";
  for (const CellRecord* each : {&cell, &other}) {
    if (!each->accuracy || !each->accuracy->outcome.ok() || each->accuracy->predictions_file.empty()) {
      return fmt::format("'{}' has no predictions", each->id);
    }
  }
  return {};
}

PredictionTable predictions_of(const StoredRun& run, const CellRecord& cell) {
  const auto file = file_of(run, cell.accuracy->predictions_file);
  if (!file) throw Error(ErrorCode::kConfig, "the predictions lie outside the result folder");
  return read_predictions_csv(*file);
}

void compare(const StoredRun& first, const CellRecord& cell, const StoredRun& second, const CellRecord& other,
             BitCheck& check) {
  const PredictionTable here = predictions_of(first, cell);
  const PredictionTable there = predictions_of(second, other);
  const Outputs outputs(first, cell, second, other);
  check.all_outputs = outputs.complete();
  std::map<std::uint32_t, const Prediction*> by_sample;
  for (const Prediction& prediction : there.predictions) by_sample[prediction.sample] = &prediction;
  for (std::size_t i = 0; i < here.predictions.size(); ++i) {
    const Prediction& mine = here.predictions[i];
    const auto found = by_sample.find(mine.sample);
    if (found == by_sample.end()) continue;
    const Prediction& theirs = *found->second;
    ++check.images;
    check.flips += mine.top1() != theirs.top1() ? 1 : 0;
    if (mine.top1() == theirs.top1() && outputs.same(mine, theirs)) continue;
    if (check.different++ > 0) continue;
    check.first_image = here.images[i];
    check.first_class = class_text(first.record, mine.top1());
    check.other_class = class_text(second.record, theirs.top1());
  }
  if (check.images == 0) check.not_compared = "the two runs classified no image in common";
}

}  // namespace

std::vector<BitCheck> bit_checks(const StoredRun& first, const StoredRun& second) {
  std::vector<BitCheck> checks;
  for (const CellRecord& cell : first.record.cells) {
    const CellRecord* other = computes_in_integers(cell) ? same_work(cell, second.record) : nullptr;
    if (other == nullptr) continue;
    BitCheck& check = checks.emplace_back();
    check.cell = cell.id;
    check.other_cell = other->id;
    check.not_compared = reason_against(first, cell, second, *other);
    if (!check.not_compared.empty()) continue;
    try {
      compare(first, cell, second, *other, check);
    } catch (const Error& error) {
      check.not_compared = error.what();
    }
  }
  return checks;
}

std::string bit_check_text(const BitCheck& check) {
  if (!check.not_compared.empty()) return "not compared: " + check.not_compared;
  const char* what = check.all_outputs ? "every output" : "the five best outputs of each";
  if (check.identical()) return fmt::format("bit-exact on {} images ({})", check.images, what);
  return fmt::format("{} of {} images differ in {}, {} change their class ({:.3g} %); first '{}': {}, {}",
                     check.different, check.images, what, check.flips, 100.0 * check.flip_rate(), check.first_image,
                     check.first_class, check.other_class);
}

}  // namespace qbench::reports
