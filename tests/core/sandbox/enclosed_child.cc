// SPDX-License-Identifier: Apache-2.0
#include "tests/core/sandbox/enclosed_child.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "core/sandbox/refusals.h"

namespace qbench::testing {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> fds{};
    if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    out = UniqueFd(fds[0]);
    in = UniqueFd(fds[1]);
  }
  [[nodiscard]] std::string read_all() const {
    std::string text;
    std::array<char, 4096> chunk{};
    while (true) {
      const ssize_t got = ::read(out.get(), chunk.data(), chunk.size());
      if (got <= 0) return text;
      text.append(chunk.data(), static_cast<std::size_t>(got));
    }
  }
  UniqueFd out;
  UniqueFd in;
};

[[noreturn]] void be_the_child(sandbox::Policy policy, const std::function<std::vector<std::string>()>& body,
                               const sandbox::KernelCalls& kernel, int report_fd) {
  policy.kept_descriptors.push_back(report_fd);
  nlohmann::json report;
  report["isolation"] = sandbox::apply(policy, kernel);
  report["results"] = body();
  report["refusals"] = sandbox::refusals();
  const std::string text = report.dump();
  const ssize_t wrote = ::write(report_fd, text.data(), text.size());
  ::_exit(wrote == static_cast<ssize_t>(text.size()) ? 0 : 1);
}

}  // namespace

ChildReport run_enclosed(const sandbox::Policy& policy, const std::function<std::vector<std::string>()>& body,
                         const sandbox::KernelCalls& kernel) {
  Pipe answer;
  Pipe log;
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(log.in.get(), STDERR_FILENO);
    be_the_child(policy, body, kernel, answer.in.get());
  }
  answer.in.reset();
  log.in.reset();
  const std::string text = answer.read_all();
  ChildReport report;
  report.standard_error = log.read_all();
  int status = 0;
  ::waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) report.signal = WTERMSIG(status);
  if (text.empty()) return report;
  const nlohmann::json told = nlohmann::json::parse(text);
  told.at("isolation").get_to(report.isolation);
  told.at("results").get_to(report.results);
  told.at("refusals").get_to(report.refusals);
  return report;
}

std::string result_name(long result) {
  if (result >= 0) return "ok";
  const char* name = ::strerrorname_np(errno);
  return name != nullptr ? name : "?";
}

}  // namespace qbench::testing
