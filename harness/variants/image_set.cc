// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/image_set.h"

#include <algorithm>
#include <cerrno>
#include <stop_token>

#include "core/error.h"
#include "core/files.h"
#include "datasets/cache_builder.h"
#include "datasets/label_offset.h"
#include "harness/engine/interrupt.h"
#include "models/classifier.h"

namespace qbench::variants {
namespace {

constexpr std::size_t kFewImages = 20;

bool is_one_colour(std::span<const std::uint8_t> pixels, std::size_t channels) {
  for (std::size_t i = channels; i < pixels.size(); ++i) {
    if (pixels[i] != pixels[i - channels]) return false;
  }
  return true;
}

}  // namespace

ImageSet::ImageSet(const models::Graph& model, const ImageSetOptions& options, engine::Progress& progress) {
  const std::unique_ptr<datasets::Dataset> dataset = datasets::open_dataset(options.dataset);
  class_names_ = dataset->class_names();
  names_are_certain_ = dataset->other_order().empty();
  ClassifierHints hints = models::classifier_hints(model);
  hints.asked = options.tensors;
  hints.classes = static_cast<int>(class_names_.size());
  view_ = models::classifier_view_of(model, hints);
  for (const std::string& assumption : view_.assumptions) notes_.push_back("assumed: " + assumption);
  recipe_ = options.recipe.recipe;
  if (options.recipe.source != RecipeSource::kGiven) {
    notes_.push_back(fmt::format("preprocessing '{}': {}", recipe_.name, options.recipe.why));
  }
  (void)datasets::settle_label_offset(recipe_, *dataset, static_cast<int>(view_.scores.classes()));
  for (const std::string& note : dataset->facts().notes) notes_.push_back(note);
  const ImageInput& image = view_.image;
  build_cache(*dataset, {.height = image.height, .width = image.width, .channels = image.channels}, progress);
  look_at_images();
}

void ImageSet::build_cache(const datasets::Dataset& dataset, const datasets::PixelShape& shape,
                           engine::Progress& progress) {
  const std::size_t samples = dataset.samples().size();
  std::stop_source stop;
  datasets::CacheBuildOptions options;
  options.stop = stop.get_token();
  options.progress = [&progress, &stop](std::size_t done, std::size_t) {
    progress.advance(done);
    if (engine::interrupted()) stop.request_stop();
  };
  progress.begin("decoding images", samples);
  const auto report =
      datasets::build_tensor_cache(dataset, {0, samples}, recipe_, shape, folder_.path() / "images.qtc", options);
  progress.end();
  if (report.cancelled) throw Error(ErrorCode::kRuntime, "interrupted; nothing was written");
  if (report.ok_count == 0) {
    throw Error(ErrorCode::kDataset, "not one of {} images can be used{}", samples,
                report.skipped.empty() ? "" : "; the first: " + report.skipped[0].reason);
  }
  if (!report.skipped.empty()) {
    notes_.push_back(fmt::format("{} of {} images skipped; the first, '{}': {}", report.skipped.size(), samples,
                                 report.skipped[0].id, report.skipped[0].reason));
  }
  if (!report.reoriented.empty()) {
    notes_.push_back(
        fmt::format("{} of {} images were turned upright by their EXIF orientation, which Keras and tf.io "
                    "never do (\"apply_exif\": false in the recipe leaves them as stored)",
                    report.reoriented.size(), samples));
  }
  cache_ = datasets::TensorCache::open(folder_.path() / "images.qtc");
  window_ = cache_->window(0, cache_->size());
  for (std::size_t i = 0; i < cache_->size(); ++i) {
    if (cache_->entries()[i].ok) good_.push_back(i);
  }
}

void ImageSet::look_at_images() {
  for (std::size_t i = 0; i < count(); ++i) {
    plain_ += is_one_colour(pixels(i), static_cast<std::size_t>(cache_->shape().channels)) ? 1 : 0;
  }
  if (plain_ > 0) {
    notes_.push_back(fmt::format("warning: {} of {} images have a single colour and say nothing about the network",
                                 plain_, count()));
  }
  if (count() < kFewImages) {
    notes_.push_back(fmt::format("warning: only {} images; 100 or more of all classes give better ranges", count()));
  }
}

std::span<const std::uint8_t> ImageSet::pixels(std::size_t i) const { return window_->image(good_.at(i)); }

int ImageSet::label(std::size_t i) const { return cache_->entries()[good_.at(i)].label + recipe_.label_offset; }

}  // namespace qbench::variants
