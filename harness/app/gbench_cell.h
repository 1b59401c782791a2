// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "datasets/input_encoder.h"
#include "harness/engine/model_check.h"
#include "harness/engine/plan.h"
#include "harness/engine/prepared_model.h"

namespace qbench::app {

/// One cell at one batch size with an interpreter in this process, fed with images of noise in turn. Not thread safe.
class GbenchCell {
 public:
  /// Prepares the model and draws the images. Throws Error: kUnsupported when the model, runner or device cannot do
  /// what is asked, kModel when it is no image classifier, kIo, kRuntime, kOutOfMemory.
  /// `model` is the file to load: the cell's, or what repairs made of it.
  GbenchCell(const engine::CellPlan& cell, const std::filesystem::path& model, const engine::ModelFacts& facts,
             int batch, bool may_rebatch);

  /// Encodes the next images into the runtime's memory; not to be timed.
  void feed();
  /// Runs what feed() brought; the only call to be timed.
  void invoke() { prepared_.runner->invoke(); }

  /// How many times feed() and invoke() make one batch; more than 1 only where a device is fixed to batch 1.
  [[nodiscard]] int singles() const noexcept { return prepared_.singles; }
  /// What was taken to be so of the model's tensors, one line each.
  [[nodiscard]] const std::vector<std::string>& assumptions() const noexcept { return assumptions_; }
  /// Effective kernels, and how the batch came about unless it is the model's own.
  [[nodiscard]] std::string label() const;

 private:
  void draw_images(std::size_t image_bytes);

  engine::PreparedModel prepared_;
  std::vector<std::string> assumptions_;
  std::optional<datasets::InputEncoder> encoder_;
  std::vector<std::vector<std::uint8_t>> images_;
  std::size_t fed_ = 0;
};

}  // namespace qbench::app
