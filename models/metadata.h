// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// value = (pixel - mean[c]) / std[c], of the float value before any quantization; one entry: all channels.
struct Normalization {
  std::vector<float> mean;
  std::vector<float> std;
  bool operator==(const Normalization&) const = default;
};

enum class ColourSpace { kUnknown, kRgb, kGray };

/// What a model file says about itself, of its first input and output. Free text may be misleading: the tensor's shape
/// decides, never image_width and image_height.
struct ModelMetadata {
  std::string name;
  std::string description;
  std::string version;
  std::string author;
  std::string license;
  std::string min_parser_version;
  std::string min_runtime_version;  ///< of the TFLite runtime; also in files without other metadata
  std::optional<Normalization> normalization;
  std::vector<float> input_min;  ///< of the values fed to the model; empty: not stated
  std::vector<float> input_max;
  ColourSpace colour_space = ColourSpace::kUnknown;
  int image_width = 0;  ///< 0: not stated
  int image_height = 0;
  std::string labels_file;  ///< name inside the file's archive; empty: none
  std::vector<std::string> labels;

  bool operator==(const ModelMetadata&) const = default;
};

/// The lines of a label file: one label a line, CR LF or LF, no final newline needed. Blank lines keep their index.
[[nodiscard]] std::vector<std::string> parse_labels(std::string_view text);

/// What the graph's metadata entries and packed files say; nothing when there are none. Throws Error(kModel) when the
/// TFLITE_METADATA entry is not what it claims to be.
[[nodiscard]] std::optional<ModelMetadata> read_metadata(const Graph& graph);

/// What update_metadata() changes; absent fields stay as they are.
struct MetadataUpdate {
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::string> author;
  std::optional<std::string> license;
  std::optional<Normalization> normalization;
  /// Range of the values fed to the model, one entry for all channels.
  std::optional<float> input_min;
  std::optional<float> input_max;
  std::optional<std::vector<std::string>> labels;
};

/// The graph with metadata written or updated; everything else that its metadata holds is kept. Labels replace the
/// packed label file or become "labels.txt". Throws Error(kModel) when the existing metadata is damaged, and when a
/// label holds a line break or their number is not that of the output's classes.
[[nodiscard]] Graph update_metadata(const Graph& graph, const MetadataUpdate& update);

}  // namespace qbench::models
