// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "reports/gate_check.h"

namespace qbench::selftest {

/// How far two measurements of the same thing lie apart on a board: what `qbench selftest` found and keeps, and what
/// verdicts and gates take into account afterwards.
struct NoiseProfile {
  std::string board;  ///< Board::id
  std::string created_utc;
  std::string model;  ///< path of the model that was compared with itself
  std::string model_sha256;
  std::size_t comparisons = 0;  ///< A/A ones
  double latency_floor = 0.0;   ///< fractions: 99 % of the A/A estimates lie within
  double load_floor = 0.0;
  double memory_floor = 0.0;
  std::optional<double> detectable_percent;
  std::string figures_json = "{}";  ///< everything else that was found, a JSON object as text
};

/// $XDG_STATE_HOME/qbench/noise-<board>.json, by default below ~/.local/state.
/// Throws Error(kIo) when neither XDG_STATE_HOME nor HOME is set.
[[nodiscard]] std::filesystem::path profile_path(const std::string& board);

/// Whole or not at all; makes the folder. Throws Error(kIo), and Error(kRuntime) for floors that load_profile() would
/// refuse: any finite one from 0 on is possible.
void save_profile(const NoiseProfile& profile, const std::filesystem::path& path);

/// nullopt when there is no such file. Throws Error(kConfig) when it is damaged or of another board.
[[nodiscard]] std::optional<NoiseProfile> load_profile(const std::filesystem::path& path, const std::string& board);

/// The profile kept for a board, if any; nullopt as well where there is no place to keep one.
[[nodiscard]] std::optional<NoiseProfile> profile_of(const std::string& board);

/// What gates are to be widened by: latency at both batches, load and memory.
[[nodiscard]] reports::NoiseFloors noise_floors(const NoiseProfile& profile);

}  // namespace qbench::selftest
