// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// Outputs that may stand before that of class 0.
inline constexpr int kLargestLabelOffset = 1000;

/// In which order classes stand that no label file, metadata or list of columns orders.
enum class ClassOrder {
  kAuto,     ///< numbers as numbers, names as text
  kNumeric,  ///< by the numbers in which alone the names differ
  kText,     ///< as text: 0, 1, 10, 2
};

/// "auto", "numeric" or "text". Throws Error(kUsage) for another word.
[[nodiscard]] ClassOrder class_order_from(std::string_view name);
[[nodiscard]] std::string_view class_order_name(ClassOrder order) noexcept;

/// Which labelled images to use.
struct DatasetOptions {
  std::string kind = "auto";  ///< "auto" looks at the files; or one of dataset_kinds()
  std::filesystem::path
      path;  ///< folder (folder, list, eembc, cifar), or one batch file (cifar), or the list file (list)
  std::filesystem::path
      list_file;  ///< list: `path,label` lines; paths are relative to `path`, or to this file's folder
  std::filesystem::path labels_file;  ///< class names (see read_label_file); fixes the class order. Empty: see below
  /// Without a labels file: the class names of the model's outputs, background row included. Empty: none are known.
  std::vector<std::string> model_labels;
  std::string model_labels_source;  ///< names them in messages: "the metadata of 'a.tflite'"
  int model_outputs = 0;            ///< scores of the model; 0: not known
  ClassOrder class_order = ClassOrder::kAuto;
  std::optional<int> label_offset;  ///< output index of class 0; absent: the recipe's
  bool needs_labels = true;         ///< false (calibration): labels are not asked for, any images will do
  std::size_t limit = 0;            ///< 0: all; else this many samples, balanced over the classes
  std::uint64_t limit_seed = 1;     ///< which ones
  int height = 0;                   ///< eembc: size of the raw images; 0: square RGB, found from the file size
  int width = 0;
  int channels = 0;
};

/// A kind of dataset as `qbench list` shows it.
struct DatasetKind {
  std::string name;
  std::string summary;
};
[[nodiscard]] const std::vector<DatasetKind>& dataset_kinds();

/// Opens a dataset without decoding anything. Without a limit the samples are in the order of their ids (list, eembc:
/// of the file); with a limit they are drawn by `limit_seed`, class by class in turn, so that every prefix is balanced
/// and a larger limit only adds samples. Throws Error(kDataset) naming the file or folder when it is missing, empty or
/// inconsistent, Error(kUsage) for an unknown kind.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(const DatasetOptions& options);

}  // namespace qbench::datasets
