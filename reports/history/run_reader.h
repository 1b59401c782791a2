// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <filesystem>

#include "reports/history/store.h"

namespace qbench::reports::history {

/// The whole run. Throws what Store::load() throws, and SQLite::Exception. `path` names the file in messages.
[[nodiscard]] StoredRun read_run(SQLite::Database& database, RunId id, const std::filesystem::path& path);

}  // namespace qbench::reports::history
