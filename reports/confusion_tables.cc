// SPDX-License-Identifier: Apache-2.0
#include "reports/confusion_tables.h"

#include <algorithm>
#include <map>

#include "reports/text.h"

namespace qbench::reports {
namespace {

std::string class_name(const ReportInput& input, std::int64_t index) {
  const auto& dataset = input.record.dataset;
  if (dataset && index >= 0 && index < static_cast<std::int64_t>(dataset->class_names.size())) {
    return dataset->class_names[static_cast<std::size_t>(index)];
  }
  return index < 0 ? "no class" : std::to_string(index);
}

const std::vector<Prediction>* predictions_of(const ReportInput& input, const std::string& cell) {
  for (const CellPredictions& candidate : input.predictions) {
    if (candidate.cell == cell) return &candidate.predictions;
  }
  return nullptr;
}

struct ConfusedPair {
  std::size_t truth = 0;
  std::size_t predicted = 0;
  std::int64_t images = 0;
};

std::vector<std::string> changed_row(const ReportInput& input, const Prediction& before, const Prediction& after) {
  const std::string name = input.sample_name ? input.sample_name(after.sample) : std::to_string(after.sample);
  return {name,
          class_name(input, after.label),
          class_name(input, before.top1()),
          class_name(input, after.top1()),
          after.count > 0 ? significant(after.scores[0]) : "",
          before.correct() ? "lost" : "gained"};
}

}  // namespace

TextTable confused_pairs(const ReportInput& input, const CellRecord& cell, std::size_t most) {
  TextTable table{{"true class", "predicted", "images", "of all of the class"}, {}};
  if (!cell.accuracy) return table;
  const auto& confusion = cell.accuracy->confusion;
  std::vector<ConfusedPair> pairs;
  for (std::size_t truth = 0; truth < confusion.size(); ++truth) {
    for (std::size_t predicted = 0; predicted < confusion[truth].size(); ++predicted) {
      const std::int64_t images = confusion[truth][predicted];
      if (truth != predicted && images > 0) pairs.push_back({truth, predicted, images});
    }
  }
  std::ranges::stable_sort(pairs, std::ranges::greater{}, &ConfusedPair::images);
  if (pairs.size() > most) pairs.resize(most);
  for (const ConfusedPair& pair : pairs) {
    std::int64_t all = 0;
    for (std::int64_t images : confusion[pair.truth]) all += images;
    const bool no_class = pair.predicted >= confusion.size();
    const double share = 100.0 * static_cast<double>(pair.images) / static_cast<double>(std::max<std::int64_t>(1, all));
    table.rows.push_back({class_name(input, static_cast<std::int64_t>(pair.truth)),
                          class_name(input, no_class ? -1 : static_cast<std::int64_t>(pair.predicted)),
                          std::to_string(pair.images), significant(share) + " %"});
  }
  return table;
}

TextTable changed_images(const ReportInput& input, const CellRecord& cell, std::size_t most) {
  TextTable table{{"image", "label", "baseline says", "this variant says", "score", "image is"}, {}};
  const auto* before = predictions_of(input, input.comparison.baseline);
  const auto* after = predictions_of(input, cell.id);
  if (before == nullptr || after == nullptr || cell.id == input.comparison.baseline) return table;
  std::map<std::uint32_t, const Prediction*> by_sample;
  for (const Prediction& prediction : *before) by_sample.emplace(prediction.sample, &prediction);
  for (bool lost : {true, false}) {
    for (const Prediction& prediction : *after) {
      const auto found = by_sample.find(prediction.sample);
      if (found == by_sample.end() || found->second->label != prediction.label) continue;
      if (found->second->correct() != lost || prediction.correct() == lost) continue;
      if (table.rows.size() == most) return table;
      table.rows.push_back(changed_row(input, *found->second, prediction));
    }
  }
  return table;
}

}  // namespace qbench::reports
