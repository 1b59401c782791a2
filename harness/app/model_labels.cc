// SPDX-License-Identifier: Apache-2.0
#include "harness/app/model_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "datasets/class_text.h"
#include "datasets/label_file.h"
#include "datasets/label_lines.h"
#include "datasets/label_offset.h"
#include "models/graph.h"
#include "models/metadata.h"
#include "models/tflite_reader.h"

namespace qbench::app {
namespace {

using Path = std::filesystem::path;

/// What one model tells.
struct ModelWords {
  Path path;
  int outputs = 0;  ///< 0: it has none, or more than one
  std::vector<std::string> metadata_lines;
};

struct FoundLabels {
  std::vector<std::string> names;
  std::string source;
};

/// Scores of an output of one image, whatever its rank; 0 when it is no list of scores.
int score_count(const std::vector<int>& shape) {
  std::int64_t count = 1;
  for (const int side : shape) count *= std::max(side, 1);
  return count <= datasets::kMaxClasses + 1 ? static_cast<int>(count) : 0;
}

std::optional<ModelWords> words_of(const Path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
  try {
    const models::Graph graph = models::read_tflite_file(path);
    ModelWords words{.path = path};
    if (graph.outputs.size() == 1) {
      words.outputs = score_count(graph.tensors.at(static_cast<std::size_t>(graph.outputs[0])).shape);
    }
    if (const auto metadata = models::read_metadata(graph)) words.metadata_lines = metadata->labels;
    return words;
  } catch (const Error&) {
    return std::nullopt;
  }
}

/// One name an output; two for the score of one of two classes; a background more or, for ImageNet, less.
bool fits(const std::vector<std::string>& names, int outputs) {
  const auto count = static_cast<int>(names.size());
  return outputs == 0 || count == outputs || (outputs == 1 && count == 2) ||
         (count == datasets::kBackgroundedClasses && outputs == count + 1) ||
         (count == outputs + 1 && datasets::is_background_name(names[0]));
}

std::vector<std::string> without_background(std::vector<std::string> names) {
  if (names.size() > 1 && datasets::is_background_name(names[0])) names.erase(names.begin());
  return names;
}

void refuse_contradiction(const FoundLabels& one, const FoundLabels& other) {
  const std::vector<std::string> a = without_background(one.names);
  const std::vector<std::string> b = without_background(other.names);
  const auto same = [](const std::string& x, const std::string& y) {
    return datasets::normalized_name(x) == datasets::normalized_name(y);
  };
  if (std::ranges::equal(a, b, same)) return;
  const auto at = static_cast<std::size_t>(std::ranges::mismatch(a, b, same).in1 - a.begin());
  throw Error(ErrorCode::kDataset,
              "{} and {} name the classes differently (class {}: '{}' and '{}'); give the right one with --labels FILE",
              one.source, other.source, at, at < a.size() ? a[at] : "", at < b.size() ? b[at] : "");
}

class LabelSearch {
 public:
  std::vector<std::string> take_notes() { return std::move(notes_); }

  std::optional<FoundLabels> in_metadata(const ModelWords& model) {
    if (model.metadata_lines.empty()) return std::nullopt;
    FoundLabels labels{.names = {}, .source = fmt::format("the metadata of '{}'", model.path.filename().string())};
    labels.names = datasets::names_of_lines(model.metadata_lines, labels.source);
    return use(std::move(labels), model, true);
  }

  std::optional<FoundLabels> beside(const ModelWords& model) {
    const std::string stem = model.path.stem().string();
    std::optional<FoundLabels> best;
    // A text with the model's own name may be about anything; it counts when it fits.
    for (const auto& [name, is_labels] : {std::pair{stem + "_labels.txt", true},
                                          {stem + ".txt", false},
                                          {model.path.filename().string() + ".txt", false},
                                          {std::string("class_indices.json"), true},
                                          {std::string("labels.txt"), true}}) {
      std::optional<FoundLabels> found = in_file(model, name, is_labels);
      if (!found) continue;
      if (best) refuse_contradiction(*best, *found);
      if (!best) best = std::move(found);
    }
    return best;
  }

 private:
  std::optional<FoundLabels> in_file(const ModelWords& model, const std::string& name, bool is_labels) {
    const Path file = model.path.parent_path() / name;
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) return std::nullopt;
    FoundLabels labels{.names = {}, .source = fmt::format("'{}' beside '{}'", name, model.path.filename().string())};
    try {
      labels.names = datasets::read_label_file(file);
    } catch (const Error&) {
      if (is_labels) throw;
      return std::nullopt;
    }
    return use(std::move(labels), model, is_labels);
  }

  std::optional<FoundLabels> use(FoundLabels labels, const ModelWords& model, bool is_labels) {
    if (labels.names.empty()) return std::nullopt;
    // A text that is no label file must be one name an output to be taken for one.
    if (fits(labels.names, model.outputs) && (is_labels || model.outputs > 0)) return labels;
    if (is_labels) {
      notes_.push_back(
          fmt::format("{} is not used: {} names for {} outputs", labels.source, labels.names.size(), model.outputs));
    }
    return std::nullopt;
  }

  std::vector<std::string> notes_;
};

std::vector<ModelWords> readable(std::vector<Path> paths) {
  std::vector<ModelWords> words;
  std::vector<Path> seen;
  for (Path& path : paths) {
    if (std::ranges::find(seen, path) != seen.end()) continue;
    if (std::optional<ModelWords> one = words_of(path)) words.push_back(std::move(*one));
    seen.push_back(std::move(path));
  }
  return words;
}

std::optional<FoundLabels> first_labels(const std::vector<ModelWords>& models, LabelSearch& search) {
  std::optional<FoundLabels> labels;
  for (const ModelWords& model : models) {
    std::optional<FoundLabels> own = search.in_metadata(model);
    if (!own) continue;
    if (labels) refuse_contradiction(*labels, *own);
    if (!labels) labels = std::move(own);
  }
  for (std::size_t i = 0; i < models.size() && !labels; ++i) labels = search.beside(models[i]);
  return labels;
}

}  // namespace

std::vector<std::string> add_model_labels(datasets::DatasetOptions& options, const std::vector<Path>& paths) {
  const std::vector<ModelWords> models = readable(paths);
  if (models.empty()) return {};
  const int outputs = models[0].outputs;
  const bool agree =
      std::ranges::all_of(models, [outputs](const ModelWords& model) { return model.outputs == outputs; });
  options.model_outputs = agree ? outputs : 0;
  if (!options.labels_file.empty()) return {};
  LabelSearch search;
  try {
    if (std::optional<FoundLabels> labels = first_labels(models, search)) {
      options.model_labels = std::move(labels->names);
      options.model_labels_source = std::move(labels->source);
    }
  } catch (const Error& error) {
    if (options.needs_labels) throw;
    return {fmt::format("no labels are used: {}", error.what())};
  }
  return search.take_notes();
}

std::vector<std::string> dataset_notes(const datasets::Dataset& dataset) {
  const datasets::DatasetFacts& facts = dataset.facts();
  std::vector<std::string> lines;
  if (!facts.class_order.empty()) lines.push_back("classes: " + facts.class_order);
  lines.insert(lines.end(), facts.notes.begin(), facts.notes.end());
  return lines;
}

}  // namespace qbench::app
