// SPDX-License-Identifier: Apache-2.0
// Internal to models/: the formats behind read_foreign_model(), and what stands in for them without protobuf.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "models/foreign_model.h"

namespace qbench::models {

/// Both throw Error(kModel) "<name>: ..." when the bytes are not such a model; external_data without problems filled
/// in.
[[nodiscard]] ForeignModel read_onnx(std::span<const std::byte> data, std::string_view name);
[[nodiscard]] ForeignModel read_graph_def(std::span<const std::byte> data, std::string_view name);

}  // namespace qbench::models
