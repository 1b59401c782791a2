// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "models/graph.h"

namespace qbench::models {

/// Reads a .tflite file from memory, safely whatever the bytes are: size (< 2 GB), identifier, flatbuffer verifier,
/// format version, then the bounds of every tensor and opcode index; memory use is bounded by the file's size. It does
/// not judge whether the network makes sense: that is validate() in models/validator.h.
/// Two things are kept although out of bounds, because runtimes answer them with an error of their own: a tensor's
/// buffer index, and options of a kind that does not fit the operator.
/// Throws Error(kModel), one line starting with `name`, for a file that is not a .tflite model or that uses what qbench
/// does not carry: several subgraphs, sparse tensors, buffers outside the flatbuffer, unknown option tables that hold
/// more than scalars; Error(kUnsupported) for options of a format that came after the 2.9 runtime.
[[nodiscard]] Graph read_tflite(std::span<const std::byte> data, std::string_view name);

/// Files up to this size are read into memory.
inline constexpr std::uint64_t kMostInMemory = std::uint64_t{64} << 20;

/// The same for a file on disk; one of more than `most_in_memory` bytes stays mapped as long as the graph or a copy
/// lives, and its weights take no memory until they are looked at (whoever cuts such a file short meanwhile ends the
/// process: see MappedFile). Throws Error(kIo) too.
[[nodiscard]] Graph read_tflite_file(const std::filesystem::path& path, std::uint64_t most_in_memory = kMostInMemory);

}  // namespace qbench::models
