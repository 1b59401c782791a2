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

/// What a model took for what it is not, most often first; at most `most`.
std::vector<ConfusedCount> mistakes(const AccuracyRecord& accuracy, std::size_t most) {
  std::vector<ConfusedCount> pairs = accuracy.confused;
  for (std::size_t truth = 0; truth < accuracy.confusion.size(); ++truth) {
    const std::vector<std::int64_t>& row = accuracy.confusion[truth];
    for (std::size_t predicted = 0; predicted < row.size(); ++predicted) {
      const bool no_class = predicted >= accuracy.confusion.size();
      if (row[predicted] == 0) continue;
      pairs.push_back(
          {static_cast<std::int32_t>(truth), no_class ? -1 : static_cast<std::int32_t>(predicted), row[predicted]});
    }
  }
  std::erase_if(pairs, [](const ConfusedCount& pair) { return pair.truth == pair.predicted; });
  std::ranges::stable_sort(pairs, std::ranges::greater{}, &ConfusedCount::images);
  if (pairs.size() > most) pairs.resize(most);
  return pairs;
}

std::int64_t images_of_class(const AccuracyRecord& accuracy, std::int32_t truth) {
  std::int64_t images = 0;
  const auto row = static_cast<std::size_t>(truth);
  if (row < accuracy.confusion.size()) {
    for (const std::int64_t count : accuracy.confusion[row]) images += count;
  }
  for (const ConfusedCount& pair : accuracy.confused) images += pair.truth == truth ? pair.images : 0;
  return std::max<std::int64_t>(images, 1);
}

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
  for (const ConfusedCount& pair : mistakes(*cell.accuracy, most)) {
    const double share =
        100.0 * static_cast<double>(pair.images) / static_cast<double>(images_of_class(*cell.accuracy, pair.truth));
    table.rows.push_back({class_name(input, pair.truth), class_name(input, pair.predicted), std::to_string(pair.images),
                          significant(share) + " %"});
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
