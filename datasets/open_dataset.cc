// SPDX-License-Identifier: Apache-2.0
#include "datasets/open_dataset.h"

#include <string_view>

#include "core/error.h"
#include "core/nearest.h"
#include "datasets/cifar_dataset.h"
#include "datasets/eembc_dataset.h"
#include "datasets/folder_dataset.h"
#include "datasets/list_dataset.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

/// The list beside the images in an export of Roboflow.
constexpr std::string_view kOneHotList = "_classes.csv";

/// The kind that the files at `options.path` look like.
std::string detect_kind(const DatasetOptions& options) {
  if (!options.list_file.empty()) return "list";
  if (fs::is_regular_file(options.path)) {
    if (options.path.extension() == ".csv") return "list";
    if (options.path.extension() == ".bin") return "cifar";
    throw Error(ErrorCode::kDataset,
                "'{}' is a file, not a folder of images; a list ends in .csv, a CIFAR batch in .bin",
                options.path.string());
  }
  if (fs::exists(options.path / kEembcLabelsFile)) return "eembc";
  if (fs::exists(options.path / kOneHotList)) return "list";
  if (looks_like_cifar(options.path)) return "cifar";
  return "folder";
}

/// A folder that has its own list.
DatasetOptions with_list(DatasetOptions options) {
  if (options.list_file.empty() && fs::is_directory(options.path)) options.list_file = options.path / kOneHotList;
  return options;
}

std::unique_ptr<Dataset> open_checked(const DatasetOptions& options) {
  if (options.path.empty() && options.list_file.empty()) throw Error(ErrorCode::kUsage, "no dataset is given");
  if (!options.path.empty() && !fs::exists(options.path)) {
    throw Error(ErrorCode::kDataset, "there is no dataset at '{}'", options.path.string());
  }
  const std::string kind = options.kind == "auto" ? detect_kind(options) : options.kind;
  if (kind == "folder") return open_folder_dataset(options);
  if (kind == "list") return open_list_dataset(with_list(options));
  if (kind == "eembc") return open_eembc_dataset(options);
  if (kind == "cifar") return open_cifar_dataset(options);
  std::vector<std::string> names{"auto"};
  for (const DatasetKind& known : dataset_kinds()) names.push_back(known.name);
  throw Error(ErrorCode::kUsage, "unknown dataset kind '{}'{}", kind, nearest_hint(kind, names));
}

}  // namespace

const std::vector<DatasetKind>& dataset_kinds() {
  static const std::vector<DatasetKind> kinds{
      {"folder", "a folder with one sub-folder of images for each class"},
      {"list", "a folder of images and a CSV file of `path,label` lines, or of a column of 0 and 1 for each class"},
      {"eembc", "EEMBC / MLPerf Tiny: raw .bin images and y_labels.csv"},
      {"cifar", "CIFAR-10 binary batches"},
  };
  return kinds;
}

std::unique_ptr<Dataset> open_dataset(const DatasetOptions& options) {
  try {
    return open_checked(options);
  } catch (const fs::filesystem_error& error) {
    throw Error(ErrorCode::kDataset, "cannot read '{}': {}", error.path1().string(), error.code().message());
  }
}

}  // namespace qbench::datasets
