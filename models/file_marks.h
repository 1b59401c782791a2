// SPDX-License-Identifier: Apache-2.0
// Internal to models/: what the first bytes of a file say. Neither looks at its name.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "models/model_kind.h"

namespace qbench::models {

/// How much of a file's start is looked at.
inline constexpr std::size_t kHeadBytes = 4096;

/// Formats with a mark: `head` is the start of a file of `size` bytes. Zip archives are kArchive "zip" here.
[[nodiscard]] std::optional<ModelFile> kind_by_mark(std::string_view head, std::uint64_t size);

/// Formats that are text: pages, pointers, sources, protobufs as text.
[[nodiscard]] std::optional<ModelFile> kind_by_text(std::string_view head);

/// ONNX, SavedModel and GraphDef have no mark; the fields of their outermost protobuf message tell them apart. Reads
/// the tags of at most 64 fields from `fd`, a regular file of `size` bytes.
[[nodiscard]] std::optional<ModelFile> kind_by_fields(int fd, std::uint64_t size, std::string_view head);

}  // namespace qbench::models
