// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "models/model_kind.h"

namespace qbench::models {
namespace {

namespace fs = std::filesystem;

/// As a shell reads it back.
std::string shell_word(const fs::path& path) {
  const std::string text = path.string();
  const auto is_plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_-./=+,:@%").find(c) != std::string::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return text;
  std::string word = "'";
  for (char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string saved_model_text(const fs::path& path) {
  const bool is_file = path.filename() == "saved_model.pb";
  const fs::path folder = is_file ? path.parent_path() : path;
  return fmt::format(
      "a TensorFlow SavedModel; convert it with TensorFlow's `tflite_convert --saved_model_dir={} "
      "--output_file=model.tflite`",
      folder.empty() ? "." : shell_word(folder));
}

std::string frozen_graph_text(const fs::path& path) {
  return fmt::format(
      "a frozen TensorFlow graph; convert it with TensorFlow's `tflite_convert --graph_def_file={} "
      "--input_arrays=INPUT --output_arrays=OUTPUT --enable_v1_converter --output_file=model.tflite`",
      shell_word(path));
}

std::string keras_text(const fs::path& path) {
  return fmt::format(
      "a Keras model; convert it with TensorFlow's `tflite_convert --keras_model_file={} --output_file=model.tflite` "
      "(a file of weights alone needs the code of its network first)",
      shell_word(path));
}

std::string archive_text(const ModelFile& file, const fs::path& path) {
  const std::string word = shell_word(path);
  if (file.kind == ModelKind::kModelInArchive) {
    return fmt::format("a zip archive that holds '{0}'; take it out with `unzip {1} {0}` and give that file",
                       file.detail, word);
  }
  const std::string name = path.filename().string();
  const bool is_tar = name.ends_with(".tgz") || name.find(".tar") != std::string::npos || file.detail == "tar";
  std::string command;
  if (is_tar) command = fmt::format(" with `tar -xf {}`", word);
  if (!is_tar && file.detail == "zip") command = fmt::format(" with `unzip {}`", word);
  return fmt::format("an archive or compressed file ({}), not a model; unpack it{} and give the .tflite file inside",
                     file.detail, command);
}

std::string folder_text(const ModelFile& file, const fs::path& path) {
  if (file.detail.empty()) return "a folder, not a model; give a .tflite file";
  return fmt::format("a folder, not a model; give the file in it: {}", shell_word(path / file.detail));
}

/// A name promises what the content does not keep: most often a download that broke off.
std::string unknown_text(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (extension == ".tflite") {
    return "not a .tflite model in spite of its name (bytes 4 to 7 are not TFL3): damaged, cut short or of another "
           "format; fetch it again";
  }
  for (std::string_view known : {".onnx", ".pb", ".keras", ".h5", ".hdf5", ".pt", ".pth"}) {
    if (extension == known) {
      return fmt::format(
          "not a model, and not what '{}' promises either: damaged or cut short; fetch it again and "
          "convert it to .tflite",
          extension);
    }
  }
  return "not a model that qbench knows; give a .tflite file";
}

}  // namespace

std::string refusal_of(const ModelFile& file, const fs::path& path) {
  const std::string word = shell_word(path);
  switch (file.kind) {
    case ModelKind::kTflite:
      return {};
    case ModelKind::kOnnx:
      return fmt::format("an ONNX model; convert it with `onnx2tf -i {}`", word);
    case ModelKind::kFrozenGraph:
      return frozen_graph_text(path);
    case ModelKind::kSavedModel:
      return saved_model_text(path);
    case ModelKind::kKerasH5:
    case ModelKind::kKerasArchive:
      return keras_text(path);
    case ModelKind::kTorch:
      return "a PyTorch model; export it with `torch.onnx.export`, then convert with `onnx2tf -i model.onnx`";
    case ModelKind::kGraphText:
      return "a graph as text (.pbtxt), most often without its weights; convert the SavedModel or the frozen graph "
             "that it was written from";
    case ModelKind::kTensorflowJs:
      return "a TensorFlow.js model; convert it with `tensorflowjs_converter --input_format=tfjs_layers_model "
             "--output_format=keras` and then TensorFlow's `tflite_convert`";
    case ModelKind::kCArray:
      return fmt::format(
          "C source with a model in an array; get the file out of it with `grep -oE '0x[0-9a-fA-F]{{2}}' {} "
          "| cut -c3- | xxd -r -p > model.tflite`",
          word);
    case ModelKind::kModelInArchive:
    case ModelKind::kArchive:
      return archive_text(file, path);
    case ModelKind::kLfsPointer:
      return "a git-lfs pointer, not the model: run `git lfs pull` (or download the file itself)";
    case ModelKind::kWebPage:
      return "a web page (HTML or XML) saved in place of the file; download the file itself (on GitHub: the 'raw' "
             "link)";
    case ModelKind::kImage:
      return fmt::format("an image ({}), not a model; images go with --data FOLDER", file.detail);
    case ModelKind::kEmpty:
      return "not a model: the file is empty; fetch or write it again";
    case ModelKind::kFolder:
      return folder_text(file, path);
    case ModelKind::kSpecialFile:
      return fmt::format("a {}, not a model; models are read from regular files: save it as one first", file.detail);
    case ModelKind::kUnknown:
      return unknown_text(path);
  }
  return {};
}

}  // namespace qbench::models
