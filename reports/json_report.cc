// SPDX-License-Identifier: Apache-2.0
#include "reports/json_report.h"

#include <nlohmann/json.hpp>

#include "core/files.h"
#include "reports/comparison_json.h"

namespace qbench::reports {
namespace {

constexpr const char* kFile = "report.json";

void write(const ReportInput& input, const std::filesystem::path& folder) {
  write_file_atomic(folder / kFile, json_report_text(input));
}

}  // namespace

std::string json_report_text(const ReportInput& input) {
  nlohmann::ordered_json json = record_to_json(input.record);
  json["comparison"] = comparison_to_json(input.comparison);
  return json.dump(1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

ReportFormat json_report() { return {"json", kFile, "everything that was measured, for programs", write}; }

}  // namespace qbench::reports
