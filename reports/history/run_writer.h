// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include "reports/history/store.h"

namespace qbench::reports::history {

/// Writes one run inside a transaction that the caller holds. Throws what Store::add() throws, and SQLite::Exception.
[[nodiscard]] AddResult write_run(SQLite::Database& database, const StoredRun& run, const AddOptions& options);

}  // namespace qbench::reports::history
