// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/describe_graph.h"

#include <algorithm>

#include "models/metadata.h"

namespace qbench::variants {
namespace {

models::Normalization normalization_of(const Recipe& recipe) {
  models::Normalization normalization;
  normalization.mean.assign(recipe.mean.begin(), recipe.mean.end());
  normalization.std.assign(recipe.std.begin(), recipe.std.end());
  return normalization;
}

/// A label file belongs to the first output and has one line for each of its values.
bool are_labels(const ImageSet& images, const models::Graph& graph) {
  const std::vector<std::string>& names = images.class_names();
  if (images.view().scores.index != 0) return false;
  const std::vector<int>& shape = graph.tensors[static_cast<std::size_t>(graph.outputs.at(0))].shape;
  const bool one_each = !shape.empty() && names.size() == static_cast<std::size_t>(std::max(shape.back(), 0));
  return one_each && images.recipe().label_offset == 0 && std::ranges::none_of(names, [](const std::string& name) {
           return name.empty() || name.find_first_of("\r\n") != std::string::npos;
         });
}

}  // namespace

models::Graph described(const models::Graph& graph, const ImageSet& images) {
  const auto metadata = models::read_metadata(graph);
  models::MetadataUpdate update;
  // Metadata cannot say BGR: without a word the next reader would take RGB for stated.
  const bool sayable = images.recipe().colour != Recipe::Colour::kBgr;
  if (sayable && !(metadata && metadata->normalization)) {
    update.normalization = normalization_of(images.recipe());
  }
  if (images.names_are_certain() && are_labels(images, graph) && !(metadata && !metadata->labels.empty())) {
    update.labels = images.class_names();
  }
  return update.normalization || update.labels ? models::update_metadata(graph, update) : graph;
}

}  // namespace qbench::variants
