// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "reports/console_table.h"
#include "reports/history/store.h"

namespace qbench::reports::history {

/// Runs (newest first) and series as tables for people.
[[nodiscard]] std::string list_text(const Store& store, const SeriesFilter& filter, std::size_t most,
                                    const ConsoleStyle& style = {});
[[nodiscard]] nlohmann::ordered_json list_json(const Store& store, const SeriesFilter& filter, std::size_t most);

/// One row a run and series, oldest first within a series; changes as fractions.
[[nodiscard]] std::string nights_csv(const Store& store, const SeriesFilter& filter);
/// The same as an array of series with their nights and pins.
[[nodiscard]] nlohmann::ordered_json nights_json(const Store& store, const SeriesFilter& filter);
/// A page with a chart for each series: static, no script, nothing from elsewhere.
[[nodiscard]] std::string nights_html(const Store& store, const SeriesFilter& filter);

/// One row a timed invoke: cell, batch, round, process, place in the block, nanoseconds. Throws Error(kUsage) when
/// there is no such run.
[[nodiscard]] std::string samples_csv(const Store& store, RunId run);

}  // namespace qbench::reports::history
