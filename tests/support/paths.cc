// SPDX-License-Identifier: Apache-2.0
#include "tests/support/paths.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace qbench::testing {

namespace fs = std::filesystem;

fs::path stand_in(std::string_view name) { return fs::path(QBENCH_STAND_IN_DIR) / fmt::format("lib{}.so", name); }

std::optional<fs::path> shared_data(std::string_view relative) {
  const char* named = std::getenv("QBENCH_SHARED");
  const fs::path root = named != nullptr ? fs::path(named) : fs::path(QBENCH_SOURCE_DIR).parent_path() / "shared";
  fs::path file = root / relative;
  std::error_code error;
  if (!fs::exists(file, error)) return std::nullopt;
  return file;
}

std::string shared_data_missing(std::string_view relative) {
  return fmt::format("no shared/{} beside the repository and none below QBENCH_SHARED", relative);
}

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (fs::temp_directory_path() / "qbench-test-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::system_error(errno, std::generic_category(), pattern);
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  fs::remove_all(path_, error);
}

}  // namespace qbench::testing
