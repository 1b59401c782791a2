// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Exception.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <utility>

#include "reports/history/open_mode.h"

namespace qbench::reports::history {

/// The opened, checked and up-to-date history file. Write-ahead log, every commit synced, foreign keys on; another
/// writer is waited for, ten seconds at most. Throws Error(kIo) when the file cannot be opened, read or written and
/// Error(kConfig) when it is no history file, or one of a newer qbench.
[[nodiscard]] std::unique_ptr<SQLite::Database> open_database(const std::filesystem::path& path, OpenMode mode);

/// Error(kIo) or Error(kConfig) with one line that says what happened to `path` and what to do.
[[noreturn]] void throw_database_error(const std::filesystem::path& path, const SQLite::Exception& error);

/// Calls `work` and turns what SQLite throws into such an error.
template <typename Work>
decltype(auto) guarded(const std::filesystem::path& path, Work&& work) {
  try {
    return std::forward<Work>(work)();
  } catch (const SQLite::Exception& error) {
    throw_database_error(path, error);
  }
}

/// The bytes of a blob; they live until the statement's next step.
[[nodiscard]] inline std::span<const std::byte> bytes_of(const SQLite::Column& column) {
  return {static_cast<const std::byte*>(column.getBlob()), static_cast<std::size_t>(column.getBytes())};
}

}  // namespace qbench::reports::history
