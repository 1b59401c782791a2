// SPDX-License-Identifier: Apache-2.0
#include "harness/app/gbench_cell.h"

#include <random>

#include "core/classifier_view.h"
#include "core/error.h"
#include "core/files.h"
#include "datasets/recipe_from_model.h"
#include "runners/builtin.h"

namespace qbench::app {
namespace {

constexpr std::size_t kImages = 64;
constexpr std::uint64_t kMostModelBytes = std::uint64_t{2} << 30;

engine::PreparedModel prepared(const engine::CellPlan& cell, const std::filesystem::path& model, int batch,
                               bool may_rebatch) {
  const std::vector<runners::RunnerDescriptor> runners = runners::builtin_runners();
  runners::RunnerOptions options = cell.options;
  options.batch = batch;
  return engine::prepare_model(runners::find_runner(runners, cell.runner), MappedFile(model, kMostModelBytes), options,
                               may_rebatch);
}

/// The shape at batch 1.
void to_one_image(TensorSpec& spec, int batch) {
  if (!spec.shape.empty() && spec.shape[0] == batch) spec.shape[0] = 1;
}

Recipe recipe_of(const engine::CellPlan& cell, const engine::ModelFacts& facts, const TensorSpec& input,
                 const ClassifierView& view) {
  if (cell.recipe) return *cell.recipe;
  return datasets::derive_recipe({.input = input,
                                  .mean = facts.mean,
                                  .std = facts.std,
                                  .normalization = facts.normalization,
                                  .channels = view.image.channels,
                                  .outputs = static_cast<int>(view.scores.classes())})
      .recipe;
}

}  // namespace

GbenchCell::GbenchCell(const engine::CellPlan& cell, const std::filesystem::path& model,
                       const engine::ModelFacts& facts, int batch, bool may_rebatch)
    : prepared_(prepared(cell, model, batch, may_rebatch)) {
  const runners::Runner& runner = *prepared_.runner;
  std::vector<TensorSpec> inputs = runner.inputs();
  std::vector<TensorSpec> outputs = runner.outputs();
  for (std::vector<TensorSpec>* specs : {&inputs, &outputs}) {
    for (TensorSpec& spec : *specs) to_one_image(spec, prepared_.runner_batch);
  }
  const ClassifierView view = classifier_view(inputs, outputs, engine::hints_for(cell, facts.hints, 0));
  assumptions_ = view.assumptions;
  encoder_.emplace(runner.inputs()[0], recipe_of(cell, facts, inputs[0], view), view.image,
                   datasets::quantize_kernel(runner.describe().kernels));
  draw_images(runner.inputs()[0].element_count() / static_cast<std::size_t>(prepared_.runner_batch));
}

void GbenchCell::draw_images(std::size_t image_bytes) {
  std::mt19937_64 random(1);
  images_.assign(kImages, std::vector<std::uint8_t>(image_bytes));
  for (std::vector<std::uint8_t>& image : images_) {
    for (std::uint8_t& value : image) value = static_cast<std::uint8_t>(random() >> 56);
  }
}

void GbenchCell::feed() {
  const std::span<std::byte> input = prepared_.runner->input_memory(0);
  const std::size_t bytes = input.size() / static_cast<std::size_t>(prepared_.runner_batch);
  for (std::size_t at = 0; at < input.size(); at += bytes) {
    encoder_->encode(images_[fed_++ % images_.size()], input.subspan(at, bytes));
  }
}

std::string GbenchCell::label() const {
  const std::string kernels = prepared_.runner->describe().kernels;
  return prepared_.batching == "native" ? kernels : kernels + ", batch " + prepared_.batching;
}

}  // namespace qbench::app
