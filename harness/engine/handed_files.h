// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "core/files.h"

namespace qbench::engine {

/// The files that a request names for its worker, which cannot open them itself once it is enclosed: of an "attach" the
/// tensor cache, for reading, then the scores, for writing, if any. Empty for other requests.
/// Throws Error(kIo) naming a file that cannot be opened.
[[nodiscard]] std::vector<UniqueFd> open_handed_files(const nlohmann::json& request);

}  // namespace qbench::engine
