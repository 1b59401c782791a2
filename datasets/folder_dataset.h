// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// A folder with one sub-folder for each class, searched to any depth; map_classes() says which class each is. Hidden
/// files and what FolderScan names are left out; every other regular file is a sample, so that one that is no image is
/// counted and named as skipped. Without needs_labels a flat folder of images is a set without labels. Throws
/// Error(kDataset) that says what to type, also for a folder of parts (train, test) and for one around the class
/// folders.
[[nodiscard]] std::unique_ptr<Dataset> open_folder_dataset(const DatasetOptions& options);

}  // namespace qbench::datasets
