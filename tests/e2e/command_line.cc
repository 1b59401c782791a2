// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/command_line.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::testing {
namespace {

int spawn(const std::string& program, const std::vector<std::string>& arguments,
          const std::vector<std::string>& environment, const std::filesystem::path& out,
          const std::filesystem::path& err) {
  const pid_t pid = ::fork();
  if (pid != 0) return pid;
  ::setenv("XDG_STATE_HOME", out.parent_path().c_str(), 1);  // no noise profile of the machine's own
  for (const std::string& setting : environment) ::putenv(const_cast<char*>(setting.c_str()));
  ::dup2(::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDOUT_FILENO);
  ::dup2(::open(err.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644), STDERR_FILENO);
  std::vector<char*> argv{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

}  // namespace

int wait_for(int pid) {
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

ProgramResult run_qbench(const std::vector<std::string>& arguments, const std::vector<std::string>& environment) {
  return run_program(QBENCH_PROGRAM, arguments, environment);
}

ProgramResult run_program(const std::string& program, const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment) {
  const TemporaryFolder folder;
  const auto out = folder.path() / "out";
  const auto err = folder.path() / "err";
  ProgramResult result;
  result.exit_code = wait_for(spawn(program, arguments, environment, out, err));
  result.out = read_text_file(out);
  result.err = read_text_file(err);
  return result;
}

std::string complaint(const std::vector<std::string>& arguments, int exit_code) {
  const ProgramResult result = run_qbench(arguments);
  EXPECT_EQ(result.exit_code, exit_code) << result.err;
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  return result.err;
}

bool mentions(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

nlohmann::json json_answer(const std::vector<std::string>& arguments) {
  const ProgramResult result = run_qbench(arguments);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return nlohmann::json::parse(result.out);
}

int start_qbench(const std::vector<std::string>& arguments) {
  return spawn(QBENCH_PROGRAM, arguments, {}, "/dev/null", "/dev/null");
}

nlohmann::json read_report(const std::filesystem::path& folder) {
  return nlohmann::json::parse(read_text_file(folder / "report.json"));
}

nlohmann::json cell_of(const nlohmann::json& report, const std::string& cell) {
  for (const auto& candidate : report.at("cells")) {
    if (candidate.at("id") == cell) return candidate;
  }
  throw std::runtime_error("no cell " + cell + " in the report");
}

nlohmann::json lane_of(const nlohmann::json& report, const std::string& cell, int batch) {
  const nlohmann::json found = cell_of(report, cell);
  for (const auto& lane : found.at("lanes")) {
    if (lane.at("batch") == batch) return lane;
  }
  throw std::runtime_error("no such batch in the report");
}

}  // namespace qbench::testing
