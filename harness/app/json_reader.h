// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::app {

/// Reads one JSON object of a config. The constructor refuses unknown keys (naming the nearest known one), every getter
/// a wrong type or a value out of range; all by Error(kConfig) that starts with `where`.
class JsonReader {
 public:
  JsonReader(const nlohmann::json& json, std::string where, const std::vector<std::string>& keys);

  [[nodiscard]] bool has(const std::string& key) const { return json_.contains(key); }
  [[nodiscard]] const nlohmann::json& at(const std::string& key) const { return json_.at(key); }
  /// "where: key", for readers of nested objects.
  [[nodiscard]] std::string path(const std::string& key) const { return where_ + ": " + key; }

  [[nodiscard]] std::string text(const std::string& key, const std::string& otherwise = "") const;
  [[nodiscard]] std::string required_text(const std::string& key) const;
  [[nodiscard]] bool flag(const std::string& key) const;  ///< false when absent
  [[nodiscard]] std::int64_t whole(const std::string& key, std::int64_t otherwise, std::int64_t least,
                                   std::int64_t most) const;
  /// A list, or a single value standing for a list of one; `otherwise` when the key is absent.
  [[nodiscard]] std::vector<nlohmann::json> list(const std::string& key, nlohmann::json otherwise) const;
  [[nodiscard]] std::vector<std::string> texts(const std::string& key, const std::string& otherwise) const;
  [[nodiscard]] std::vector<int> wholes(const std::string& key, std::vector<int> otherwise, int least, int most) const;

 private:
  [[noreturn]] void wrong_type(const std::string& key, std::string_view wanted) const;
  [[nodiscard]] std::int64_t checked(const std::string& key, const nlohmann::json& value, std::int64_t least,
                                     std::int64_t most) const;

  const nlohmann::json& json_;
  std::string where_;
};

}  // namespace qbench::app
