// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <cstdint>

namespace qbench::reports::history {

/// Raised by one with every change of the tables; kept in PRAGMA user_version.
inline constexpr int kSchemaVersion = 3;
/// PRAGMA application_id of a history file: "qbHI".
inline constexpr int kApplicationId = 0x71624849;

/// A lane's id is kLanesPerCell * its cell's id + its place in the cell.
inline constexpr std::int64_t kLanesPerCell = 1024;

/// Brings the tables from the file's version to `target`, one step after the other, in one transaction; nothing to do
/// when they are there already. A new file goes through all steps. Throws SQLite::Exception; then the file is as it
/// was.
void migrate(SQLite::Database& database, int target = kSchemaVersion);

}  // namespace qbench::reports::history
