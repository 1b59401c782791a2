// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "core/accelerator_record.h"

namespace qbench::models {

/// The table that the Edge TPU compiler writes: operator, count and what became of it, columns set apart by spaces.
/// Lines of another form are passed over; nullopt when no line has that form.
[[nodiscard]] std::optional<CompilationRecord> parse_edgetpu_log(std::string_view text);

/// The log beside a compiled model: MODEL.log, which is the compiler's own name for the log of MODEL.tflite, or
/// MODEL_edgetpu.log. nullopt when there is none; an unreadable or strange one is as good as none. Never throws.
[[nodiscard]] std::optional<CompilationRecord> read_edgetpu_log(const std::filesystem::path& model);

}  // namespace qbench::models
