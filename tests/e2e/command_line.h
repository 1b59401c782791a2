// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace qbench::testing {

/// What a program did.
struct ProgramResult {
  int exit_code = -1;  ///< 128 + signal when it was killed
  std::string out;
  std::string err;
};

/// Runs qbench with these arguments and waits. `environment` holds NAME=VALUE.
[[nodiscard]] ProgramResult run_qbench(const std::vector<std::string>& arguments,
                                       const std::vector<std::string>& environment = {});

/// The same for another program.
[[nodiscard]] ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                                        const std::vector<std::string>& environment = {});

/// Runs, expects this exit code and one line on standard error, and returns the line.
[[nodiscard]] std::string complaint(const std::vector<std::string>& arguments, int exit_code = 2);
[[nodiscard]] bool mentions(const std::string& text, const std::string& part);

/// Runs, expects exit code 0 and JSON on standard output, and returns it.
[[nodiscard]] nlohmann::json json_answer(const std::vector<std::string>& arguments);

/// Starts qbench in the background with its output thrown away; returns its process id.
[[nodiscard]] int start_qbench(const std::vector<std::string>& arguments);
/// Waits for it; 128 + signal when it was killed.
[[nodiscard]] int wait_for(int pid);

/// report.json of a result folder.
[[nodiscard]] nlohmann::json read_report(const std::filesystem::path& folder);

/// The lane of a cell at a batch in a report.
[[nodiscard]] nlohmann::json lane_of(const nlohmann::json& report, const std::string& cell, int batch);
[[nodiscard]] nlohmann::json cell_of(const nlohmann::json& report, const std::string& cell);

}  // namespace qbench::testing
