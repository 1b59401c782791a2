// SPDX-License-Identifier: Apache-2.0
#include "harness/app/json_reader.h"

#include <algorithm>

#include "core/error.h"
#include "core/nearest.h"

namespace qbench::app {

using nlohmann::json;

JsonReader::JsonReader(const json& object, std::string where, const std::vector<std::string>& keys)
    : json_(object), where_(std::move(where)) {
  if (!object.is_object()) throw Error(ErrorCode::kConfig, "{}: must be a JSON object", where_);
  for (const auto& [key, value] : object.items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    throw Error(ErrorCode::kConfig, "{}: unknown key '{}'{}", where_, key, nearest_hint(key, keys));
  }
}

std::string JsonReader::text(const std::string& key, const std::string& otherwise) const {
  if (!has(key)) return otherwise;
  if (!at(key).is_string()) wrong_type(key, "a string");
  return at(key).get<std::string>();
}

std::string JsonReader::required_text(const std::string& key) const {
  std::string value = text(key);
  if (value.empty()) throw Error(ErrorCode::kConfig, "{}: '{}' is missing", where_, key);
  return value;
}

bool JsonReader::flag(const std::string& key) const {
  if (!has(key)) return false;
  if (!at(key).is_boolean()) wrong_type(key, "true or false");
  return at(key).get<bool>();
}

std::int64_t JsonReader::whole(const std::string& key, std::int64_t otherwise, std::int64_t least,
                               std::int64_t most) const {
  return has(key) ? checked(key, at(key), least, most) : otherwise;
}

std::vector<json> JsonReader::list(const std::string& key, json otherwise) const {
  const json& value = has(key) ? at(key) : otherwise;
  if (!value.is_array()) return {value};
  if (value.empty() && has(key)) throw Error(ErrorCode::kConfig, "{}: '{}' is an empty list", where_, key);
  return {value.begin(), value.end()};
}

std::vector<std::string> JsonReader::texts(const std::string& key, const std::string& otherwise) const {
  std::vector<std::string> values;
  for (const json& value : list(key, otherwise)) {
    if (!value.is_string()) wrong_type(key, "a string or a list of strings");
    values.push_back(value.get<std::string>());
  }
  return values;
}

std::vector<int> JsonReader::wholes(const std::string& key, std::vector<int> otherwise, int least, int most) const {
  std::vector<int> values;
  for (const json& value : list(key, std::move(otherwise))) {
    values.push_back(static_cast<int>(checked(key, value, least, most)));
  }
  return values;
}

std::int64_t JsonReader::checked(const std::string& key, const json& value, std::int64_t least,
                                 std::int64_t most) const {
  if (!value.is_number_integer()) wrong_type(key, "a whole number");
  const auto number = value.get<std::int64_t>();
  if (number >= least && number <= most) return number;
  throw Error(ErrorCode::kConfig, "{}: '{}' is {}; it must be between {} and {}", where_, key, number, least, most);
}

void JsonReader::wrong_type(const std::string& key, std::string_view wanted) const {
  throw Error(ErrorCode::kConfig, "{}: '{}' must be {}, not {}", where_, key, wanted, at(key).dump());
}

}  // namespace qbench::app
