// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/child_call.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <span>
#include <thread>

#include "core/files.h"
#include "core/system_tree.h"

namespace qbench::runners {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxErrors = 8U << 10U;
constexpr std::size_t kMaxOutput = 1U << 20U;
constexpr int kWorkThrew = 70;
constexpr std::chrono::milliseconds kReapInterval{5};

struct Pipe {
  UniqueFd read_end;
  UniqueFd write_end;
};

bool open_pipe(Pipe& result) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
  result.read_end = UniqueFd(ends[0]);
  result.write_end = UniqueFd(ends[1]);
  return true;
}

[[noreturn]] void run_child(const std::function<std::string()>& work, int output, int errors, pid_t parent) {
  // A parent that is killed must not leave a hanging library behind.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kWorkThrew);
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  try {
    const std::string text = work();
    write_all(output, std::as_bytes(std::span(text)), "the probe's pipe");
    ::_exit(0);
  } catch (const std::exception& problem) {
    const std::string text = problem.what();
    static_cast<void>(::write(STDERR_FILENO, text.data(), text.size()) < 0);
    ::_exit(kWorkThrew);
  }
}

// Moves what is readable into text. False at the end of the stream.
bool drain(int fd, std::string& text, std::size_t limit, bool keep_tail) {
  std::array<char, 4096> buffer{};
  const ssize_t count = ::read(fd, buffer.data(), buffer.size());
  if (count < 0) return errno == EINTR || errno == EAGAIN;
  if (count == 0) return false;
  text.append(buffer.data(), static_cast<std::size_t>(count));
  if (text.size() > limit) text.erase(keep_tail ? 0 : limit, text.size() - limit);
  return true;
}

// Until both streams end or the deadline passes.
void collect(Pipe& output, Pipe& errors, ChildResult& result, Clock::time_point deadline) {
  while (output.read_end || errors.read_end) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return;
    std::array<pollfd, 2> waiting = {{{output.read_end.get(), POLLIN, 0}, {errors.read_end.get(), POLLIN, 0}}};
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(left)) <= 0) continue;
    if (waiting[0].revents != 0 && !drain(output.read_end.get(), result.output, kMaxOutput, false)) {
      output.read_end.reset();
    }
    if (waiting[1].revents != 0 && !drain(errors.read_end.get(), result.errors, kMaxErrors, true)) {
      errors.read_end.reset();
    }
  }
}

void reap(pid_t child, ChildResult& result, Clock::time_point deadline) {
  int status = 0;
  bool killed = false;
  while (true) {
    const pid_t ended = ::waitpid(child, &status, killed ? 0 : WNOHANG);
    if (ended == child) break;
    if (ended < 0 && errno != EINTR) {
      result.end = ChildResult::End::kNotStarted;
      result.code = errno;
      return;
    }
    if (ended == 0 && Clock::now() >= deadline) {
      ::kill(child, SIGKILL);
      killed = true;
    } else if (ended == 0) {
      std::this_thread::sleep_for(kReapInterval);
    }
  }
  if (killed) {
    result.end = ChildResult::End::kTimedOut;
  } else if (WIFSIGNALED(status)) {
    result.end = ChildResult::End::kSignalled;
    result.code = WTERMSIG(status);
  } else {
    result.end = ChildResult::End::kExited;
    result.code = WEXITSTATUS(status);
  }
}

}  // namespace

ChildResult call_in_child(const std::function<std::string()>& work, std::chrono::milliseconds deadline) {
  const Clock::time_point start = Clock::now();
  ChildResult result;
  Pipe output;
  Pipe errors;
  const pid_t parent = ::getpid();
  const pid_t child = open_pipe(output) && open_pipe(errors) ? ::fork() : -1;
  if (child < 0) {
    result.code = errno;
    return result;
  }
  if (child == 0) run_child(work, output.write_end.get(), errors.write_end.get(), parent);
  output.write_end.reset();
  errors.write_end.reset();
  collect(output, errors, result, start + deadline);
  reap(child, result, start + deadline);
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  return result;
}

std::string describe_end(const ChildResult& result, std::chrono::milliseconds deadline) {
  switch (result.end) {
    case ChildResult::End::kTimedOut:
      return fmt::format("gave no answer within {:g} s", std::chrono::duration<double>(deadline).count());
    case ChildResult::End::kSignalled:
      return fmt::format("killed by signal {} ({})", result.code, ::strsignal(result.code));
    case ChildResult::End::kNotStarted:
      return fmt::format("no process could be started: {}", errno_text(result.code));
    case ChildResult::End::kExited:
      break;
  }
  const std::vector<std::string> lines = last_lines(result.errors, 1);
  return lines.empty() ? fmt::format("ended with code {}", result.code) : lines.front();
}

std::vector<std::string> last_lines(const std::string& text, std::size_t count) {
  std::vector<std::string> lines = lines_of(text);
  std::erase_if(lines, [](const std::string& line) { return trimmed(line).empty(); });
  if (lines.size() > count) lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(count));
  return lines;
}

}  // namespace qbench::runners
