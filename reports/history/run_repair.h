// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <SQLiteCpp/Database.h>

#include <string>

#include "reports/history/store.h"

namespace qbench::reports::history {

/// Store::repair() within the caller's transaction, which is not to be committed for a dry run. `source` names the file
/// in messages.
Repair repair_runs(SQLite::Database& database, const RepairOptions& options, const std::string& source);

}  // namespace qbench::reports::history
