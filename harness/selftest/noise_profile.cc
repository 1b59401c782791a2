// SPDX-License-Identifier: Apache-2.0
#include "harness/selftest/noise_profile.h"

#include <cmath>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"

namespace qbench::selftest {
namespace {

constexpr int kSchemaVersion = 1;

std::optional<std::filesystem::path> state_folder() {
  if (const char* state = std::getenv("XDG_STATE_HOME"); state != nullptr && *state == '/') return state;
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
    return std::filesystem::path(home) / ".local" / "state";
  }
  return std::nullopt;
}

NoiseProfile profile_from(const nlohmann::json& json) {
  NoiseProfile profile;
  json.at("board").get_to(profile.board);
  json.at("created_utc").get_to(profile.created_utc);
  json.at("model").get_to(profile.model);
  json.at("model_sha256").get_to(profile.model_sha256);
  json.at("comparisons").get_to(profile.comparisons);
  json.at("latency_floor").get_to(profile.latency_floor);
  json.at("load_floor").get_to(profile.load_floor);
  json.at("memory_floor").get_to(profile.memory_floor);
  if (!json.at("detectable_percent").is_null()) profile.detectable_percent = json.at("detectable_percent");
  profile.figures_json = json.at("figures").dump();
  return profile;
}

/// On a busy machine loading the same model may take many times as long once as the other time: any size is possible.
bool is_floor(double value) { return std::isfinite(value) && value >= 0.0; }

bool has_floors(const NoiseProfile& profile) {
  return is_floor(profile.latency_floor) && is_floor(profile.load_floor) && is_floor(profile.memory_floor);
}

}  // namespace

std::filesystem::path profile_path(const std::string& board) {
  const auto folder = state_folder();
  if (!folder)
    throw Error(ErrorCode::kIo, "no place for the noise profile: set HOME or XDG_STATE_HOME, or give -o FILE");
  return *folder / "qbench" / ("noise-" + board + ".json");
}

void save_profile(const NoiseProfile& profile, const std::filesystem::path& path) {
  if (!has_floors(profile)) {
    throw Error(ErrorCode::kRuntime, "the self-test gave no usable floors, so that '{}' is not written", path.string());
  }
  nlohmann::ordered_json json;
  json["schema_version"] = kSchemaVersion;
  json["board"] = profile.board;
  json["created_utc"] = profile.created_utc;
  json["model"] = profile.model;
  json["model_sha256"] = profile.model_sha256;
  json["comparisons"] = profile.comparisons;
  json["latency_floor"] = profile.latency_floor;
  json["load_floor"] = profile.load_floor;
  json["memory_floor"] = profile.memory_floor;
  json["detectable_percent"] = nullptr;
  if (profile.detectable_percent) json["detectable_percent"] = *profile.detectable_percent;
  json["figures"] = nlohmann::ordered_json::parse(profile.figures_json);
  std::error_code ignored;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), ignored);
  write_file_atomic(path, json.dump(2) + "\n");
}

std::optional<NoiseProfile> load_profile(const std::filesystem::path& path, const std::string& board) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return std::nullopt;
  try {
    const auto json = try_parse_json(read_text_file(path)).value_or(nullptr);
    if (json.at("schema_version").get<int>() > kSchemaVersion) {
      throw Error(ErrorCode::kConfig, "the noise profile '{}' is of a newer qbench", path.string());
    }
    NoiseProfile profile = profile_from(json);
    if (!has_floors(profile)) {
      throw Error(ErrorCode::kConfig, "the noise profile '{}' holds impossible figures; run 'qbench selftest' again",
                  path.string());
    }
    if (profile.board != board) {
      throw Error(ErrorCode::kConfig, "the noise profile '{}' is of board '{}', not '{}'", path.string(), profile.board,
                  board);
    }
    return profile;
  } catch (const nlohmann::json::exception&) {
    throw Error(ErrorCode::kConfig, "the noise profile '{}' is damaged; delete it or run 'qbench selftest' again",
                path.string());
  }
}

std::optional<NoiseProfile> profile_of(const std::string& board) {
  if (!state_folder()) return std::nullopt;
  return load_profile(profile_path(board), board);
}

reports::NoiseFloors noise_floors(const NoiseProfile& profile) {
  using metrics::GateMetric;
  return {{GateMetric::kLatency, profile.latency_floor},
          {GateMetric::kLatency64, profile.latency_floor},
          {GateMetric::kLoad, profile.load_floor},
          {GateMetric::kRss, profile.memory_floor}};
}

}  // namespace qbench::selftest
