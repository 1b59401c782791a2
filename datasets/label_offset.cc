// SPDX-License-Identifier: Apache-2.0
#include "datasets/label_offset.h"

#include <fmt/format.h>

namespace qbench::datasets {

std::string settle_label_offset(Recipe& recipe, const Dataset& dataset, int outputs) {
  const auto classes = static_cast<int>(dataset.class_names().size());
  const DatasetFacts& facts = dataset.facts();
  std::string why;
  int offset = recipe.label_offset;
  if (facts.label_offset) {
    offset = *facts.label_offset;
    why = fmt::format("label offset {} was given", offset);
  } else if (outputs == classes + 1 && (facts.background || classes == kBackgroundedClasses)) {
    offset = 1;
    why = facts.background ? fmt::format("output 0 is the background, {}", facts.class_order)
                           : fmt::format("{} outputs for {} classes: output 0 is the background", outputs, classes);
  }
  if (offset == recipe.label_offset) return {};
  recipe.label_offset = offset;
  recipe.name += fmt::format(" (label offset {})", offset);
  return why;
}

std::string count_mismatch(const Dataset& dataset, const Recipe& recipe, int outputs) {
  const auto classes = static_cast<int>(dataset.class_names().size());
  const int offset = recipe.label_offset;
  const bool has_labels = dataset.facts().class_order.starts_with("by ");
  std::string text = fmt::format("the model has {} outputs but the dataset has {} classes", outputs, classes);
  if (offset != 0) text += fmt::format(" from output {} on", offset);
  if (has_labels)
    return text + fmt::format(" ({}); give --labels FILE with one name for each output", dataset.facts().class_order);
  if (dataset.facts().label_offset) return text + "; give another --label-offset, or none";
  if (outputs > classes + offset) {
    text += "; give --labels FILE with the names of all outputs in their order (a class may have no images)";
    if (outputs == classes + 1) text += ", or --label-offset 1 when output 0 is a background";
    return text;
  }
  return text + "; are these the model's images? a class folder that it does not know must go";
}

}  // namespace qbench::datasets
