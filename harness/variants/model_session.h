// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include "core/classifier_view.h"
#include "core/recipe.h"
#include "core/tensor_spec.h"
#include "datasets/input_encoder.h"
#include "harness/variants/child_process.h"
#include "models/graph.h"
#include "runners/runner.h"

namespace qbench::variants {

/// How models are executed while variants are made.
struct Execution {
  runners::RunnerDescriptor runner;
  runners::RunnerOptions options;  ///< batch 1
  int jobs = 0;                    ///< child processes; 0: usable_cpus()
  ChildLimits limits{};            ///< of each of them
};

/// One model ready to run image by image, in the process that calls.
class ModelSession {
 public:
  /// `model` is borrowed; its input is read as an image by the one rule, of the size of `image` where its shape leaves
  /// that open. Throws what the runner and image_input() throw.
  ModelSession(std::span<const std::byte> model, const Recipe& recipe, const ImageInput& image,
               const Execution& execution);

  /// Runs one image, H x W x C bytes.
  void run(std::span<const std::uint8_t> pixels);
  /// Seconds that all run() calls spent computing.
  [[nodiscard]] double seconds() const noexcept { return seconds_; }

  [[nodiscard]] const std::vector<TensorSpec>& outputs() const { return runner_->outputs(); }
  /// Values of output `i` after run(), integers as the real values they stand for; valid until the next call.
  [[nodiscard]] std::span<const float> output(std::size_t i);

 private:
  std::unique_ptr<runners::Runner> runner_;
  datasets::InputEncoder encoder_;
  std::vector<std::byte> raw_;
  std::vector<float> values_;
  double seconds_ = 0.0;
};

}  // namespace qbench::variants
