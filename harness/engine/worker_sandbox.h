// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/engine/settings.h"
#include "runners/runner.h"

namespace qbench::engine {

/// What a load request says of the sandbox; absent keys: enclosed, nothing besides. Old workers ignore it.
void add_sandbox(nlohmann::json& load_request, const RunSettings& settings);

/// Encloses this worker in what `descriptor` needs for `options` and what the request adds, before a library is loaded
/// that is not ours. Returns what holds (core/sandbox/sandbox.h), then "devices ..." with those that were left open
/// for a delegate; {"off"} when the request says so. A worker is enclosed once; later calls return what the first did.
[[nodiscard]] std::vector<std::string> enclose_worker(const nlohmann::json& load_request,
                                                      const runners::RunnerDescriptor& descriptor,
                                                      const runners::RunnerOptions& options);

/// The device nodes below `root`/dev that a delegate of this file name is known to need.
[[nodiscard]] std::vector<std::filesystem::path> delegate_devices(const std::filesystem::path& library,
                                                                  const std::filesystem::path& root = "/");

/// Adds those of `news` that `known` does not have.
void add_refusals(std::vector<std::string>& known, const std::vector<std::string>& news);

/// One sentence for the user when `isolation` lacks a part; empty when it does not, or when it was turned off.
[[nodiscard]] std::string isolation_warning(std::span<const std::string> isolation);

}  // namespace qbench::engine
