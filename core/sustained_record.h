// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <vector>

namespace qbench {

/// What a cell did during one window of a sustained run.
struct SustainedWindow {
  double start_s = 0.0;  ///< since the sustained run of this cell began
  double seconds = 0.0;  ///< wall time that its invokes took together with their input and output
  std::int64_t invokes = 0;
  double p50_ms = 0.0;
  std::optional<double> p90_ms;   ///< from 64 invokes on
  std::optional<double> mhz;      ///< the fastest clock policy, mean over the window's samples
  std::optional<double> celsius;  ///< the hottest thermal zone, mean over the window's samples
  bool operator==(const SustainedWindow&) const = default;
};

/// The windows of a sustained run and what they come to (core/metrics/steady.h).
struct SustainedFigures {
  double seconds = 0.0;   ///< asked for
  double window_s = 0.0;  ///< length of a window
  std::vector<SustainedWindow> windows;
  std::optional<double> cold_ms;         ///< p50 of the first window
  std::optional<double> steady_ms;       ///< median of the steady windows' p50; missing when none was reached
  std::optional<double> steady_after_s;  ///< start of the first steady window
  bool operator==(const SustainedFigures&) const = default;
};

void to_json(nlohmann::json& json, const SustainedFigures& value);
void from_json(const nlohmann::json& json, SustainedFigures& value);

}  // namespace qbench
