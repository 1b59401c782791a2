// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// The files of a zip archive that follows a model (label lists and the like), in archive order. No archive, a damaged
/// one, or one that unfolds to more than 64 MB gives an empty list: the model itself runs without it.
[[nodiscard]] std::vector<PackedFile> read_packed_files(std::span<const std::byte> model_file);

/// The names in the directory of a zip archive on disk, at most 1,000; nothing is unpacked. Empty when it is none, or a
/// damaged one.
[[nodiscard]] std::vector<std::string> packed_file_names(const std::filesystem::path& path);

/// Appends the files as a zip archive, stored uncompressed and with fixed dates, with offsets counted from the start of
/// `model` as the format wants. No files: nothing is appended. Throws Error(kIo) when the archive cannot be made.
void append_packed_files(Bytes& model, const std::vector<PackedFile>& files);

}  // namespace qbench::models
