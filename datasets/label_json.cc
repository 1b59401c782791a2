// SPDX-License-Identifier: Apache-2.0
#include "datasets/label_json.h"

#include <algorithm>
#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "core/error.h"
#include "datasets/class_text.h"
#include "datasets/label_lines.h"

namespace qbench::datasets {
namespace {

using nlohmann::json;

std::optional<int> index_in(const json& value) {
  if (value.is_string()) return whole_number(value.get_ref<const std::string&>());
  if (!value.is_number_integer()) return std::nullopt;
  const auto number = value.get<std::int64_t>();
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  return static_cast<int>(std::clamp<std::int64_t>(number, -1, kMost));
}

/// "cat", or ["n02123045", "tabby"], or {"name": "cat"}.
std::optional<std::string> name_in(const json& value) {
  if (value.is_string()) return std::string(trimmed(value.get_ref<const std::string&>()));
  if (value.is_array() && !value.empty()) {
    std::string name;
    for (const json& part : value) {
      if (!part.is_string()) return std::nullopt;
      name += (name.empty() ? "" : " ") + part.get<std::string>();
    }
    return name;
  }
  for (const char* key : {"name", "label", "class_name", "class", "display_name"}) {
    if (value.is_object() && value.contains(key) && value.at(key).is_string()) return value.at(key).get<std::string>();
  }
  return std::nullopt;
}

std::optional<int> number_in(const json& value) {
  for (const char* key : {"id", "index", "class_id", "label_id", "class_index"}) {
    if (value.is_object() && value.contains(key)) return index_in(value.at(key));
  }
  return std::nullopt;
}

[[noreturn]] void refuse(std::string_view source) {
  throw Error(
      ErrorCode::kDataset,
      "{}: its JSON holds no class names; it must be [\"cat\", ...], {{\"cat\": 0, ...}} or {{\"0\": \"cat\", ...}}",
      source);
}

std::vector<std::string> names_of_array(const json& array, std::string_view source) {
  std::vector<std::string> names;
  std::vector<NumberedName> entries;
  for (const json& value : array) {
    const std::optional<std::string> name = name_in(value);
    if (!name) refuse(source);
    if (const std::optional<int> number = number_in(value)) entries.push_back({.number = number, .name = *name});
    names.push_back(*name);
  }
  if (!entries.empty() && entries.size() != names.size()) refuse(source);
  return entries.empty() ? names : names_by_number(entries, source);
}

std::vector<std::string> names_of_object(const json& object, std::string_view source) {
  // {"10": 2} is class "10" at index 2: what Keras' generators number so are folder names.
  const bool numbers_are_values =
      std::all_of(object.begin(), object.end(), [](const json& value) { return index_in(value).has_value(); });
  std::vector<NumberedName> entries;
  for (const auto& [key, value] : object.items()) {
    const std::optional<int> number = numbers_are_values ? index_in(value) : whole_number(key);
    const std::optional<std::string> name = numbers_are_values ? std::optional(key) : name_in(value);
    if (!number || !name) refuse(source);
    entries.push_back({.number = number, .name = *name});
  }
  return names_by_number(entries, source);
}

}  // namespace

std::vector<std::string> names_of_json(const json& whole, std::string_view source) {
  const json* names = &whole;
  for (const char* key : {"id2label", "class_indices", "labels", "classes", "class_names", "names", "categories"}) {
    if (!whole.is_object() || !whole.contains(key) || !whole.at(key).is_structured()) continue;
    names = &whole.at(key);
    break;
  }
  if (!names->is_structured() || names->empty()) refuse(source);
  return names->is_array() ? names_of_array(*names, source) : names_of_object(*names, source);
}

}  // namespace qbench::datasets
