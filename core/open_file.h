// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <vector>

#include "core/files.h"

namespace qbench {

/// read_file() in two steps, for a reader that may not open files itself. Opening does not wait for the other end of a
/// pipe. Throws Error(kIo) naming the file.
[[nodiscard]] UniqueFd open_for_reading(const std::filesystem::path& path);
/// All that the descriptor holds; `path` is for messages. Throws Error(kIo) like read_file().
[[nodiscard]] std::vector<std::byte> read_open_file(
    int fd, const std::filesystem::path& path, std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());

}  // namespace qbench
