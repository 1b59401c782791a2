// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/classifier_view.h"
#include "core/recipe.h"
#include "core/scratch_folder.h"
#include "datasets/open_dataset.h"
#include "datasets/recipe_from_model.h"
#include "datasets/tensor_cache.h"
#include "harness/engine/progress.h"
#include "models/graph.h"

namespace qbench::variants {

struct ImageSetOptions {
  /// Its limit is the number of images; without needs_labels any images will do, and label() means nothing.
  datasets::DatasetOptions dataset;
  datasets::DerivedRecipe recipe;  ///< settled by the caller; a given one needs no reason
  TensorChoice tensors;            ///< what is said of the model's tensors
};

/// Decoded images of a dataset, fit for one model, on disk in a temporary folder that vanishes with the object.
class ImageSet {
 public:
  /// Decodes the images. Throws Error(kDataset) when none can be read, or what open_dataset() and classifier_view_of()
  /// throw.
  ImageSet(const models::Graph& model, const ImageSetOptions& options, engine::Progress& progress);

  /// Good images; `pixels(i)` of image i < count() is H x W x C bytes, valid as long as the set.
  [[nodiscard]] std::size_t count() const noexcept { return good_.size(); }
  [[nodiscard]] std::span<const std::uint8_t> pixels(std::size_t i) const;
  /// How many of them have a single colour.
  [[nodiscard]] std::size_t plain_count() const noexcept { return plain_; }
  /// Output index that would be right.
  [[nodiscard]] int label(std::size_t i) const;

  [[nodiscard]] const Recipe& recipe() const noexcept { return recipe_; }
  /// Where image and scores are in the model's tensors.
  [[nodiscard]] const ClassifierView& view() const noexcept { return view_; }
  /// Empty without labels.
  [[nodiscard]] const std::vector<std::string>& class_names() const noexcept { return class_names_; }
  /// False when another order of the classes is as likely (see Dataset::other_order()).
  [[nodiscard]] bool names_are_certain() const noexcept { return names_are_certain_; }
  /// Where the recipe comes from, and what looks suspicious in the images.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  void build_cache(const datasets::Dataset& dataset, const datasets::PixelShape& shape, engine::Progress& progress);
  void look_at_images();

  ScratchFolder folder_;
  std::vector<std::string> class_names_;
  bool names_are_certain_ = true;
  ClassifierView view_;
  Recipe recipe_;
  std::optional<datasets::TensorCache> cache_;
  std::optional<datasets::TensorWindow> window_;
  std::vector<std::size_t> good_;
  std::size_t plain_ = 0;
  std::vector<std::string> notes_;
};

}  // namespace qbench::variants
