// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "models/graph.h"

namespace qbench::models {

/// The graph as a .tflite file: constants aligned to 16 bytes, unused and empty buffers dropped, equal opcodes shared,
/// both opcode fields set, packed files appended as a zip archive. Deterministic: the same graph gives the same bytes.
/// Throws Error(kModel) when the result would pass 2 GB or an index is out of range.
[[nodiscard]] Bytes write_tflite(const Graph& graph);

/// write_tflite() to a file after check_output() (models/output_check.h): all of it appears or nothing does. Throws
/// Error(kModel, kIo).
void write_tflite_file(const Graph& graph, const std::filesystem::path& path);

}  // namespace qbench::models
