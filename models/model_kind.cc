// SPDX-License-Identifier: Apache-2.0
#include "models/model_kind.h"

#include <fmt/format.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <fstream>
#include <system_error>

#include "core/error.h"
#include "core/files.h"

namespace qbench::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMarkBytes = 8;
constexpr std::string_view kHdf5Mark = "\x89HDF\r\n\x1a\n";
constexpr std::string_view kTfliteMark = "TFL3";  // at byte 4
constexpr std::string_view kSavedModelFile = "saved_model.pb";

std::string first_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw Error(ErrorCode::kIo, "{}: {}", path.string(), errno_text(errno));
  }
  std::string mark(kMarkBytes, '\0');
  file.read(mark.data(), static_cast<std::streamsize>(mark.size()));
  mark.resize(static_cast<std::size_t>(file.gcount()));
  return mark;
}

std::string lower_extension(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) {
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return extension;
}

ModelKind kind_by_name(const fs::path& path) {
  struct Row {
    std::string_view extension;
    ModelKind kind;
  };
  constexpr std::array<Row, 6> kRows = {{
      {".onnx", ModelKind::kOnnx},
      {".pb", ModelKind::kFrozenGraph},
      {".keras", ModelKind::kKerasArchive},
      {".pt", ModelKind::kTorch},
      {".pth", ModelKind::kTorch},
      {".h5", ModelKind::kKerasH5},
  }};
  for (const Row& row : kRows) {
    if (lower_extension(path) == row.extension) {
      return row.kind;
    }
  }
  return ModelKind::kUnknown;
}

}  // namespace

ModelKind sniff_model(const fs::path& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return fs::exists(path / kSavedModelFile, error) ? ModelKind::kSavedModel : ModelKind::kUnknown;
  }
  const std::string mark = first_bytes(path);
  if (mark.size() == kMarkBytes && mark.substr(4) == kTfliteMark) {
    return ModelKind::kTflite;
  }
  if (mark == kHdf5Mark) {
    return ModelKind::kKerasH5;
  }
  if (path.filename() == kSavedModelFile) {
    return ModelKind::kSavedModel;
  }
  return kind_by_name(path);
}

std::string conversion_hint(ModelKind kind, const fs::path& path) {
  const std::string name = path.string();
  switch (kind) {
    case ModelKind::kSavedModel: {
      const fs::path folder = path.filename() == kSavedModelFile ? path.parent_path() : path;
      return fmt::format(
          "a TensorFlow SavedModel; convert it with TensorFlow's `tflite_convert --saved_model_dir={} "
          "--output_file=model.tflite`",
          folder.string());
    }
    case ModelKind::kKerasH5:
    case ModelKind::kKerasArchive:
      return fmt::format(
          "a Keras model; convert it with TensorFlow's `tflite_convert --keras_model_file={} "
          "--output_file=model.tflite`",
          name);
    case ModelKind::kTorch:
      return "a PyTorch model; export it with `torch.onnx.export`, then convert with `onnx2tf -i model.onnx`";
    case ModelKind::kFrozenGraph:
      return fmt::format(
          "a frozen TensorFlow graph; convert it with TensorFlow's `tflite_convert --graph_def_file={} "
          "--input_arrays=INPUT --output_arrays=OUTPUT --enable_v1_converter "
          "--output_file=model.tflite`",
          name);
    case ModelKind::kOnnx:
      return fmt::format("an ONNX model; convert it with `onnx2tf -i {}`", name);
    case ModelKind::kTflite:
      return {};
    case ModelKind::kUnknown:
      return "not a model that qbench knows; give a .tflite file";
  }
  return {};
}

void require_tflite(const fs::path& path) {
  const ModelKind kind = sniff_model(path);
  if (kind != ModelKind::kTflite) {
    throw Error(ErrorCode::kModel, "{}: {}", path.string(), conversion_hint(kind, path));
  }
}

}  // namespace qbench::models
