// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_map.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "core/error.h"
#include "datasets/class_order.h"
#include "datasets/class_text.h"
#include "datasets/label_meeting.h"

namespace qbench::datasets {
namespace {

void note_missing(ClassMap& map) {
  std::vector<bool> has_images(map.names.size());
  for (const int index : map.index) has_images[static_cast<std::size_t>(index)] = true;
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < map.names.size(); ++i) {
    if (!has_images[i]) missing.push_back(map.names[i]);
  }
  if (missing.empty()) return;
  map.facts.notes.push_back(
      fmt::format("{} of {} classes have no images: {}", missing.size(), map.names.size(), quoted_list(missing)));
}

}  // namespace

ClassMap map_classes(const OwnClasses& own, const DatasetOptions& options) {
  std::optional<ClassMap> met;
  try {
    met = meet_labels(own, options);
  } catch (const Error&) {
    if (options.needs_labels) throw;
    ClassMap map = order_classes(own, options);
    map.names.clear();
    map.facts = {};
    return map;
  }
  ClassMap map = met ? std::move(*met) : order_classes(own, options);
  map.facts.label_offset = options.label_offset;
  if (!met && !options.model_labels.empty()) {
    map.facts.notes.push_back(fmt::format("{} does not name the classes of {} ({}): their order is that of the set",
                                          options.model_labels_source, own.owner, quoted_list(options.model_labels)));
  }
  note_missing(map);
  return map;
}

}  // namespace qbench::datasets
