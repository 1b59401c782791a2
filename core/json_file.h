// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace qbench {

/// What works on a parsed JSON value (copies, dumps, comparisons) does so recursively: a file nested some 100,000 deep
/// would end the program. Nothing that qbench reads or writes is nested deeper than a dozen levels.
inline constexpr int kMaxJsonDepth = 128;

enum class JsonComments { kRefuse, kAllow };

/// The JSON of a text that somebody handed in. `source` is what messages begin with ("'plan.json'"). Throws
/// Error(kConfig) when it is not JSON or nested deeper than kMaxJsonDepth.
[[nodiscard]] nlohmann::json parse_json(std::string_view text, std::string_view source,
                                        JsonComments comments = JsonComments::kRefuse);

/// The same where the caller has its own words for what is wrong.
[[nodiscard]] std::optional<nlohmann::json> try_parse_json(std::string_view text);

/// A file's JSON. Throws as parse_json does, and Error(kIo) when the file cannot be read or has more than max_bytes.
[[nodiscard]] nlohmann::json read_json_file(const std::filesystem::path& path, std::uint64_t max_bytes = 1ULL << 30,
                                            JsonComments comments = JsonComments::kRefuse);

}  // namespace qbench
