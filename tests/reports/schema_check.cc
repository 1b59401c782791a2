// SPDX-License-Identifier: Apache-2.0
#include "tests/reports/schema_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <stdexcept>

namespace qbench::testing {
namespace {

using nlohmann::json;

class SchemaWalker {
 public:
  explicit SchemaWalker(const json& root) : root_(root) {}

  void check(const json& schema, const json& value, const std::string& where) {
    refuse_unknown_keywords(schema);
    if (schema.contains("$ref")) check(resolve(schema.at("$ref")), value, where);
    if (schema.contains("anyOf")) check_any(schema.at("anyOf"), value, where);
    if (schema.contains("type") && !has_type(schema.at("type"), value)) {
      fault(where, "is " + value.dump().substr(0, 40) + ", not " + schema.at("type").dump());
      return;
    }
    if (schema.contains("const") && value != schema.at("const")) fault(where, "is not " + schema.at("const").dump());
    if (schema.contains("enum")) check_enum(schema.at("enum"), value, where);
    if (value.is_number()) check_number(schema, value.get<double>(), where);
    if (value.is_string()) check_text(schema, value.get<std::string>(), where);
    if (value.is_array()) check_array(schema, value, where);
    if (value.is_object()) check_object(schema, value, where);
  }

  [[nodiscard]] const std::vector<std::string>& faults() const { return faults_; }

 private:
  void fault(const std::string& where, const std::string& what) { faults_.push_back(where + " " + what); }

  static void refuse_unknown_keywords(const json& schema) {
    static const std::set<std::string> kKnown{
        "$schema", "$defs",    "title",    "description",     "type", "required", "properties", "additionalProperties",
        "items",   "$ref",     "anyOf",    "const",           "enum", "minimum",  "maximum",    "exclusiveMinimum",
        "pattern", "minItems", "maxItems", "exclusiveMaximum"};
    for (const auto& [key, value] : schema.items()) {
      if (kKnown.count(key) == 0) throw std::runtime_error("unknown schema keyword '" + key + "'");
    }
  }

  [[nodiscard]] const json& resolve(const std::string& reference) const {
    return root_.at(json::json_pointer(reference.substr(1)));
  }

  static bool is_one(const std::string& type, const json& value) {
    if (type == "integer") return value.is_number_integer();
    if (type == "number") return value.is_number();
    if (type == "null") return value.is_null();
    if (type == "string") return value.is_string();
    if (type == "boolean") return value.is_boolean();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    throw std::runtime_error("unknown type '" + type + "'");
  }

  static bool has_type(const json& types, const json& value) {
    if (types.is_string()) return is_one(types, value);
    return std::ranges::any_of(types, [&](const json& type) { return is_one(type, value); });
  }

  void check_any(const json& choices, const json& value, const std::string& where) {
    std::vector<std::string> nearest;
    for (const json& choice : choices) {
      SchemaWalker walker(root_);
      walker.check(choice, value, where);
      if (walker.faults().empty()) return;
      if (nearest.empty() || walker.faults().size() > nearest.size()) nearest = walker.faults();
    }
    faults_.insert(faults_.end(), nearest.begin(), nearest.end());
  }

  void check_enum(const json& allowed, const json& value, const std::string& where) {
    if (std::ranges::find(allowed, value) == allowed.end()) fault(where, "is " + value.dump() + ", not listed");
  }

  void check_number(const json& schema, double value, const std::string& where) {
    const auto limit = [&](const char* key) { return schema.at(key).get<double>(); };
    if (schema.contains("minimum") && value < limit("minimum")) fault(where, "is below the minimum");
    if (schema.contains("maximum") && value > limit("maximum")) fault(where, "is above the maximum");
    if (schema.contains("exclusiveMinimum") && value <= limit("exclusiveMinimum")) fault(where, "is too small");
    if (schema.contains("exclusiveMaximum") && value >= limit("exclusiveMaximum")) fault(where, "is too large");
  }

  void check_text(const json& schema, const std::string& value, const std::string& where) {
    if (!schema.contains("pattern")) return;
    if (!std::regex_search(value, std::regex(schema.at("pattern").get<std::string>())))
      fault(where, "has another form");
  }

  void check_array(const json& schema, const json& value, const std::string& where) {
    if (schema.contains("minItems") && value.size() < schema.at("minItems")) fault(where, "has too few items");
    if (schema.contains("maxItems") && value.size() > schema.at("maxItems")) fault(where, "has too many items");
    if (!schema.contains("items")) return;
    for (std::size_t i = 0; i < value.size(); ++i) check(schema.at("items"), value[i], fmt::format("{}[{}]", where, i));
  }

  void check_object(const json& schema, const json& value, const std::string& where) {
    for (const json& key : schema.value("required", json::array())) {
      if (!value.contains(key.get<std::string>())) fault(where, "lacks '" + key.get<std::string>() + "'");
    }
    const bool open = !schema.contains("properties") && !schema.contains("additionalProperties");
    const json properties = schema.value("properties", json::object());
    for (const auto& [key, item] : value.items()) {
      if (properties.contains(key)) {
        check(properties.at(key), item, where + "." + key);
      } else if (schema.contains("additionalProperties")) {
        check(schema.at("additionalProperties"), item, where + "." + key);
      } else if (!open) {
        fault(where, "holds '" + key + "', which the schema does not describe");
      }
    }
  }

  const json& root_;
  std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> schema_faults(const nlohmann::json& schema, const nlohmann::json& value) {
  SchemaWalker walker(schema);
  walker.check(schema, value, "$");
  return walker.faults();
}

}  // namespace qbench::testing
