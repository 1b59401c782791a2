// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

namespace qbench {

struct FileDigest {
  std::uint64_t bytes = 0;
  std::uint64_t zstd_bytes = 0;  ///< zstd_compressed_size() of its content
  std::string sha256;            ///< 64 hex digits
};

/// Reads the file once, in pieces, so that a file of any size takes a few megabytes. Throws Error(kIo) like
/// read_file().
[[nodiscard]] FileDigest digest_file(const std::filesystem::path& path,
                                     std::uint64_t max_bytes = std::numeric_limits<std::uint64_t>::max());

}  // namespace qbench
