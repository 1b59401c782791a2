// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// CIFAR-10 binary batches: records of one label byte and 3 x 32 x 32 bytes, plane by plane (red, green, blue).
/// options.path is one batch file, or a folder: then test_batch.bin, or without it all data_batch_*.bin. Class names:
/// options.labels_file, else batches.meta.txt beside the batch, else the ten names of CIFAR-10. Throws Error(kDataset).
[[nodiscard]] std::unique_ptr<Dataset> open_cifar_dataset(const DatasetOptions& options);

/// Does the folder hold batch files?
[[nodiscard]] bool looks_like_cifar(const std::filesystem::path& folder);

}  // namespace qbench::datasets
