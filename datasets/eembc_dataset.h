// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

inline constexpr std::string_view kEembcLabelsFile = "y_labels.csv";

/// The sample sets of the EEMBC / MLPerf Tiny runner: y_labels.csv with lines `file.bin,number of classes,label`, and
/// for each line a file of raw uint8 pixels, HWC (image classification: 32x32x3, visual wake words: 96x96x3). The size
/// is that of the options or, when they have none, a square RGB image of the first file's size. Throws Error(kDataset).
[[nodiscard]] std::unique_ptr<Dataset> open_eembc_dataset(const DatasetOptions& options);

}  // namespace qbench::datasets
