// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>

#include "harness/app/option_flags.h"
#include "harness/engine/plan.h"

namespace qbench::app {

/// Reads a plan from a JSON config (docs/config.md). Relative paths are relative to the config's own folder. Throws
/// Error(kConfig) naming file and key: unknown keys (with the nearest known one), wrong types, contradictions;
/// Error(kIo) when the file cannot be read.
[[nodiscard]] engine::Plan read_plan_file(const std::filesystem::path& path);

/// The config's JSON, comments allowed, not yet checked for keys. Throws as read_plan_file does.
[[nodiscard]] nlohmann::json read_plan_json(const std::filesystem::path& path);

/// The same from a JSON object; `where` names it in messages and `base` anchors relative paths.
[[nodiscard]] engine::Plan plan_from_json(const nlohmann::json& json, const std::string& where,
                                          const std::filesystem::path& base);

/// "28x28" as height and width of an image, "probability" or "logit" as what a single output value is. Throw
/// Error(kConfig) that starts with `where`.
[[nodiscard]] ImageSize parse_image_size(const std::string& text, const std::string& where);
[[nodiscard]] ScoresForm parse_one_value(const std::string& text, const std::string& where);
/// The same of the flags. Throws Error(kConfig).
[[nodiscard]] TensorChoice tensor_choice(const TensorFlags& flags);

/// The effective plan with absolute paths, one variant and one runner for each cell: what --resume reads back.
[[nodiscard]] nlohmann::ordered_json plan_to_json(const engine::Plan& plan);

}  // namespace qbench::app
