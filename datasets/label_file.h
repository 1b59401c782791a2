// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace qbench::datasets {

/// Class names from a file, by index, in every form that is in use: the lines that names_of_lines() reads, or JSON
/// (["cat"], {"cat": 0}, {"0": "cat"}, {"0": ["n02123045", "tabby"]}, [{"id": 0, "name": "cat"}], any of these below
/// "id2label", "class_indices", "labels", "classes", "class_names", "names" or "categories"); CRLF and a byte order
/// mark are accepted, bytes that are no UTF-8 become "\xNN" as in folder names. Throws Error(kDataset) naming the file
/// when it cannot be read, holds no name, contradicts itself, or has a form that is not read (UTF-16, YAML, a label
/// map).
[[nodiscard]] std::vector<std::string> read_label_file(const std::filesystem::path& file);

}  // namespace qbench::datasets
