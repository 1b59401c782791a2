// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::app {

/// Lets a dataset know the models: how many scores they give and, unless the options name a labels file, what their
/// outputs are called. The labels are those of the first model that has any: in its metadata, else in a file
/// beside it ("<model>_labels.txt", "<model>.txt", "class_indices.json", "labels.txt"). Labels that do not fit the
/// outputs are not used; one line for each such file is returned. A model that cannot be read tells nothing: that is
/// its cell's affair. Throws Error(kDataset) when two models, or two files beside one, order the classes differently,
/// and for labels that contradict themselves, unless labels are not needed.
[[nodiscard]] std::vector<std::string> add_model_labels(datasets::DatasetOptions& options,
                                                        const std::vector<std::filesystem::path>& models);

/// What a user should know about an opened dataset, one line each: where the order of its classes comes from, what was
/// left out or taken for granted.
[[nodiscard]] std::vector<std::string> dataset_notes(const datasets::Dataset& dataset);

}  // namespace qbench::app
