// SPDX-License-Identifier: Apache-2.0
#include "reports/json_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "reports/comparison_json.h"
#include "reports/gate_text.h"

namespace qbench::reports {
namespace {

constexpr std::size_t kMostInlineBytes = 100;

bool holds_structure(const nlohmann::ordered_json& json) {
  return std::ranges::any_of(json, [](const auto& item) { return item.is_structured() && !item.empty(); });
}

/// Indented, but a list of plain values (thousands of samples) and a small object stay on one line.
void append_indented(const nlohmann::ordered_json& json, const std::string& indent, std::string& out) {
  if (!json.is_structured() || !holds_structure(json)) {
    const std::string line = json_text(json);
    if (!json.is_object() || json.empty() || line.size() <= kMostInlineBytes) {
      out += line;
      return;
    }
  }
  const std::string inner = indent + " ";
  const char* separator = "";
  out += json.is_object() ? "{" : "[";
  for (const auto& [key, value] : json.items()) {
    out.append(separator).append("\n").append(inner);
    if (json.is_object()) out += json_text(nlohmann::json(key)) + ": ";
    append_indented(value, inner, out);
    separator = ",";
  }
  out.append("\n").append(indent).append(json.is_object() ? "}" : "]");
}

}  // namespace

std::string json_report_text(const ReportInput& input) {
  nlohmann::ordered_json json = record_to_json(input.record);
  json["comparison"] = comparison_to_json(input.comparison);
  json["gates"] = gates_to_json(input.gates);
  std::string text;
  append_indented(json, "", text);
  return text + "\n";
}

ReportFormat json_report() {
  return {"json", "report.json", "everything that was measured, for programs", json_report_text};
}

}  // namespace qbench::reports
