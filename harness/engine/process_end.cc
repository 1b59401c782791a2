// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/process_end.h"

#include <fmt/format.h>
#include <sys/wait.h>

#include <csignal>
#include <cstring>
#include <sstream>

#include "harness/engine/process_memory.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kTailBytes = 8192;
constexpr std::size_t kTailLines = 10;

bool says_out_of_memory(const std::string& text) {
  return text.find("std::bad_alloc") != std::string::npos ||
         text.find("Failed to allocate memory") != std::string::npos;
}

ErrorCode code_of(const Outcome& outcome) {
  switch (outcome.status) {
    case Status::kUnsupported:
      return ErrorCode::kUnsupported;
    case Status::kOom:
      return ErrorCode::kOutOfMemory;
    case Status::kError:
      return outcome.stage == "read" ? ErrorCode::kModel : ErrorCode::kRuntime;
    default:
      return ErrorCode::kRuntime;
  }
}

}  // namespace

void keep_tail(std::string& text) {
  if (text.size() > kTailBytes) text.erase(0, text.size() - kTailBytes);
}

std::vector<std::string> last_lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) lines.push_back(line);
  }
  if (lines.size() > kTailLines) lines.erase(lines.begin(), lines.end() - kTailLines);
  return lines;
}

Outcome outcome_of_end(int wait_status, const std::string& last_words, std::int64_t oom_kills_before) {
  const bool no_memory = says_out_of_memory(last_words);
  if (!WIFSIGNALED(wait_status)) {
    if (no_memory) return {.status = Status::kOom, .reason = "memory limit reached"};
    const int code = WEXITSTATUS(wait_status);
    return {.status = Status::kCrashed, .reason = fmt::format("the worker ended by itself with exit code {}", code)};
  }
  const int number = WTERMSIG(wait_status);
  if (number == SIGKILL && oom_kill_count() > oom_kills_before) {
    return {.status = Status::kOom, .reason = "killed by the kernel for lack of memory", .signal = number};
  }
  if (number == SIGABRT && no_memory) {
    return {.status = Status::kOom, .reason = "memory limit reached", .signal = number};
  }
  return {.status = Status::kCrashed,
          .reason = fmt::format("signal {} ({}, {})", number, ::sigabbrev_np(number) ? ::sigabbrev_np(number) : "?",
                                ::strsignal(number)),
          .signal = number};
}

Error error_of(const Outcome& outcome, std::string_view what) {
  if (outcome.status == Status::kCancelled) return {ErrorCode::kRuntime, "interrupted; nothing was written"};
  std::string text = fmt::format("{}: ", what);
  const bool plain = outcome.status == Status::kError || outcome.status == Status::kUnsupported;
  if (!plain) text += fmt::format("{} in stage '{}': ", status_name(outcome.status), outcome.stage);
  text += outcome.reason;
  if (!plain && !outcome.stderr_tail.empty()) text += fmt::format("; its last words: {}", outcome.stderr_tail.back());
  return {code_of(outcome), text};
}

}  // namespace qbench::engine
