// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// Which labelled images to use.
struct DatasetOptions {
  std::string kind = "auto";  ///< "auto" looks at the files; or one of dataset_kinds()
  std::filesystem::path
      path;  ///< folder (folder, list, eembc, cifar), or one batch file (cifar), or the list file (list)
  std::filesystem::path
      list_file;  ///< list: `path,label` lines; paths are relative to `path`, or to this file's folder
  std::filesystem::path labels_file;  ///< class names, one a line; fixes the class order. Empty: the dataset's own
  std::size_t limit = 0;              ///< 0: all; else this many samples, balanced over the classes
  std::uint64_t limit_seed = 1;       ///< which ones
  int height = 0;                     ///< eembc: size of the raw images; 0: square RGB, found from the file size
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
