// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::datasets {

/// Class names by index from a label file's JSON (see read_label_file). Throws Error(kDataset) that begins with
/// `source` when the form is another or the numbers contradict.
[[nodiscard]] std::vector<std::string> names_of_json(const nlohmann::json& json, std::string_view source);

}  // namespace qbench::datasets
