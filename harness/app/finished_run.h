// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "core/record.h"

namespace qbench::app {

/// The record of a finished run that lies in `folder`, when resuming it gave nothing new: the same cells with the same
/// measured pieces, and failures that failed alike. It then stays as it is, its time included. Nothing when there is
/// none, it was interrupted, cannot be read or differs.
[[nodiscard]] std::optional<Record> finished_record(const Record& now, const std::filesystem::path& folder);

}  // namespace qbench::app
