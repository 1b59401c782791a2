// SPDX-License-Identifier: Apache-2.0
#include "core/json_file.h"

#include "core/error.h"
#include "core/files.h"

namespace qbench {
namespace {

struct TooDeep {};

/// Throws TooDeep, or nlohmann's exception.
nlohmann::json parse_to_depth(std::string_view text, bool allow_comments) {
  const auto check_depth = [](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    if (depth > kMaxJsonDepth) throw TooDeep();
    return true;
  };
  return nlohmann::json::parse(text, check_depth, true, allow_comments);
}

}  // namespace

nlohmann::json parse_json(std::string_view text, std::string_view source, JsonComments comments) {
  try {
    return parse_to_depth(text, comments == JsonComments::kAllow);
  } catch (const TooDeep&) {
    throw Error(ErrorCode::kConfig, "{} is nested more than {} levels deep", source, kMaxJsonDepth);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kConfig, "{} is not valid JSON: {}", source, error.what());
  }
}

std::optional<nlohmann::json> try_parse_json(std::string_view text) {
  try {
    return parse_to_depth(text, false);
  } catch (const TooDeep&) {
    return std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

nlohmann::json read_json_file(const std::filesystem::path& path, std::uint64_t max_bytes, JsonComments comments) {
  return parse_json(read_text_file(path, max_bytes), "'" + path.string() + "'", comments);
}

}  // namespace qbench
