// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace qbench::models {

/// What a file or folder that was given as a model is.
enum class ModelKind {
  kTflite,
  kOnnx,
  kFrozenGraph,     ///< a TensorFlow GraphDef with its weights inside (.pb)
  kSavedModel,      ///< a TensorFlow SavedModel: its folder, or the saved_model.pb of one
  kKerasH5,         ///< HDF5: a whole Keras model or its weights
  kKerasArchive,    ///< .keras, a zip archive
  kTorch,           ///< a PyTorch archive or a bare pickle
  kGraphText,       ///< a protobuf as text (.pbtxt)
  kTensorflowJs,    ///< the model.json of TensorFlow.js
  kCArray,          ///< C source with the model as an array, as for microcontrollers
  kModelInArchive,  ///< a zip archive (.task, a download) that holds a .tflite file
  kArchive,         ///< any other archive or compressed file
  kLfsPointer,      ///< the text that git-lfs keeps in place of a file that was not fetched
  kWebPage,         ///< HTML or XML: a page saved in place of the file
  kImage,
  kEmpty,
  kFolder,       ///< without a SavedModel
  kSpecialFile,  ///< a pipe, a device, a socket
  kUnknown,
};

struct ModelFile {
  ModelKind kind = ModelKind::kUnknown;
  std::string detail;  ///< printable: the .tflite file inside, the kind of archive, image or special file; or empty
};

/// Looks into the file; a name decides nothing. Reads a few kilobytes of a regular file, the directory of a zip, and
/// opens nothing else: a pipe or a device never makes it wait. Throws Error(kIo) when it cannot be read.
[[nodiscard]] ModelFile sniff_model(const std::filesystem::path& path);

/// What the file is, in place of a .tflite file, and what to do about it (the command of which tool makes one); one
/// line without the file's name, empty for a .tflite file.
[[nodiscard]] std::string refusal_of(const ModelFile& file, const std::filesystem::path& path);

/// Throws Error(kModel) "<path>: <refusal_of()>" unless `path` is a .tflite file. Every command that takes a model
/// comes through here before it reads one.
void require_tflite(const std::filesystem::path& path);

}  // namespace qbench::models
