// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// A folder with one sub-folder for each class, searched to any depth. Class index: position of the sub-folder in the
/// byte-wise sorted names, or of its name in options.labels_file. Hidden files and folders are passed over; every other
/// regular file is a sample, so that one that is no image is counted and named as skipped. Throws Error(kDataset).
[[nodiscard]] std::unique_ptr<Dataset> open_folder_dataset(const DatasetOptions& options);

}  // namespace qbench::datasets
