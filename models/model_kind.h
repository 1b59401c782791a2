// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace qbench::models {

/// What kind of model a file or folder is.
enum class ModelKind {
  kTflite,
  kOnnx,
  kFrozenGraph,  ///< a TensorFlow GraphDef with its weights inside (.pb)
  kSavedModel,   ///< a TensorFlow SavedModel folder (or its saved_model.pb)
  kKerasH5,
  kKerasArchive,  ///< .keras (a zip archive)
  kTorch,         ///< .pt, .pth: a PyTorch archive
  kUnknown,
};

/// By content where the format has a mark (.tflite, HDF5), else by name. Throws Error(kIo) when it cannot be read.
[[nodiscard]] ModelKind sniff_model(const std::filesystem::path& path);

/// What the model at `path` is and which command of which tool makes a .tflite file out of it; empty for a .tflite
/// file.
[[nodiscard]] std::string conversion_hint(ModelKind kind, const std::filesystem::path& path);

/// Throws Error(kModel) with one line unless `path` is a .tflite file: what it is instead and what to do.
void require_tflite(const std::filesystem::path& path);

}  // namespace qbench::models
