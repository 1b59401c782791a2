// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "runners/tflite_library.h"

namespace qbench::testing {

/// The least that a program can do with the library: model, XNNPACK (QS8), one thread, one interpreter, invoke.
/// What qbench's figures are held against.
class BareLoop {
 public:
  explicit BareLoop(const std::filesystem::path& model);

  /// Times of `count` invokes one after the other, in nanoseconds, fed with one image of noise.
  [[nodiscard]] std::vector<double> run(std::size_t count) const;

 private:
  runners::TfliteLibrary library_;
  std::vector<std::byte> bytes_;
  runners::TfliteHandle<TfLiteModel> model_;
  runners::TfliteHandle<TfLiteDelegate> xnnpack_;
  runners::TfliteHandle<TfLiteInterpreter> interpreter_;
};

}  // namespace qbench::testing
