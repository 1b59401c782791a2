// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <span>
#include <thread>

#include "core/error.h"
#include "core/sandbox/sandbox.h"
#include "core/system_tree.h"
#include "harness/engine/process_end.h"
#include "harness/engine/process_memory.h"

namespace qbench::variants {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 32;
constexpr std::size_t kReadBytes = 1U << 16;
// A library that writes without end must not keep the parent from looking at its clock.
constexpr int kReadsAtOnce = 64;
constexpr auto kTimeToExit = std::chrono::seconds(2);

struct PipePair {
  UniqueFd read;
  UniqueFd write;
};

PipePair make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::kIo, "no pipe: {}", errno_text(errno));
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// What RLIMIT_DATA counts of this process: a forked child starts with as much.
std::int64_t own_data_bytes() {
  constexpr std::size_t kData = 5;
  const std::vector<std::string> pages = words_of(SystemTree().line("proc/self/statm").value_or(""));
  if (pages.size() <= kData) return 0;
  return parse_integer(pages[kData]).value_or(0) * ::sysconf(_SC_PAGESIZE);
}

void set_limit(__rlimit_resource which, rlim_t most) {
  const rlimit limit{most, most};
  ::setrlimit(which, &limit);
}

/// When the system's memory ends the child goes, not the harness.
void be_killed_first() {
  const UniqueFd oom(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (oom) [[maybe_unused]]
    const ssize_t ignored = ::write(oom.get(), "1000", 4);
}

void become_child(pid_t parent, int words, int pieces, const ChildLimits& limits, std::int64_t data_limit) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) std::signal(signal, SIG_IGN);  // the parent decides
  const UniqueFd nothing(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (nothing) ::dup2(nothing.get(), STDIN_FILENO);
  ::dup2(words, STDOUT_FILENO);
  ::dup2(words, STDERR_FILENO);
  set_limit(RLIMIT_CORE, 0);
  if (data_limit > 0) set_limit(RLIMIT_DATA, static_cast<rlim_t>(data_limit));
  be_killed_first();
  if (!limits.enclosed) return;
  sandbox::Policy policy;
  policy.readable = limits.readable;
  policy.loads_libraries = true;
  policy.kept_descriptors = {pieces};
  (void)sandbox::apply(policy);  // what an old kernel lacks cannot be helped
}

}  // namespace

void send_piece(int fd, std::uint64_t tag, const std::string& bytes) {
  const ChildHeader header{tag, bytes.size()};
  write_all(fd, std::as_bytes(std::span(&header, 1)), "the pipe to the parent");
  write_all(fd, std::as_bytes(std::span(bytes)), "the pipe to the parent");
}

ChildProcess::ChildProcess(const ChildLimits& limits, const std::function<void(int fd)>& work)
    : limits_(limits),
      oom_kills_at_start_(engine::oom_kill_count()),
      timeout_s_(limits.load_timeout_s),
      deadline_(Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_s_))) {
  PipePair pieces = make_pipe();
  PipePair words = make_pipe();
  const std::int64_t memory = engine::memory_limit_bytes(limits.memory_limit_mb);
  const std::int64_t data_limit = memory > 0 ? memory + own_data_bytes() : 0;
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ < 0) throw Error(ErrorCode::kIo, "no child process could be started: {}", errno_text(errno));
  if (pid_ == 0) {
    become_child(parent, words.write.get(), pieces.write.get(), limits, data_limit);
    try {
      work(pieces.write.get());
    } catch (const std::exception&) {
      ::_exit(1);  // nobody listens any more
    }
    ::_exit(0);
  }
  ::setpgid(pid_, pid_);
  pieces_ = std::move(pieces.read);
  words_ = std::move(words.read);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : limits_(other.limits_),
      pid_(std::exchange(other.pid_, -1)),
      pieces_(std::move(other.pieces_)),
      words_(std::move(other.words_)),
      buffer_(std::move(other.buffer_)),
      last_words_(std::move(other.last_words_)),
      oom_kills_at_start_(other.oom_kills_at_start_),
      timeout_s_(other.timeout_s_),
      deadline_(other.deadline_),
      has_lived_(other.has_lived_),
      outcome_(std::move(other.outcome_)) {}

ChildProcess::~ChildProcess() {
  if (running()) (void)kill_group_and_reap();
}

void ChildProcess::add_to(std::vector<pollfd>& waiting) const {
  if (pieces_) waiting.push_back({pieces_.get(), POLLIN, 0});
  if (words_) waiting.push_back({words_.get(), POLLIN, 0});
}

void ChildProcess::look() {
  if (!running()) return;
  const bool ended = has_ended();  // asked first, so that all it wrote before is there to be read
  read_words();
  read_pieces();
  if (ended || !pieces_) {
    end(std::nullopt);
  } else if (Clock::now() >= deadline_) {
    end(Outcome{.status = Status::kTimeout,
                .reason = fmt::format("no answer within {:g} s; the process was killed", timeout_s_)});
  }
}

void ChildProcess::read_pieces() {
  std::array<char, kReadBytes> bytes{};
  for (int reads = 0; pieces_ && reads < kReadsAtOnce; ++reads) {
    const ssize_t count = ::read(pieces_.get(), bytes.data(), bytes.size());
    if (count > 0) {
      buffer_.append(bytes.data(), static_cast<std::size_t>(count));
      has_lived_ = true;
      timeout_s_ = limits_.request_timeout_s;
      deadline_ = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(timeout_s_));
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      pieces_.reset();
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

void ChildProcess::read_words() {
  std::array<char, 4096> bytes{};
  for (int reads = 0; words_ && reads < kReadsAtOnce; ++reads) {
    const ssize_t count = ::read(words_.get(), bytes.data(), bytes.size());
    if (count > 0) {
      last_words_.append(bytes.data(), static_cast<std::size_t>(count));
      engine::keep_tail(last_words_);
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      words_.reset();  // which would be ready for ever
    } else if (errno == EAGAIN) {
      return;
    }
  }
}

bool ChildProcess::has_ended() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid_;
}

void ChildProcess::end(std::optional<Outcome> verdict) {
  const auto until = Clock::now() + kTimeToExit;
  while (!verdict && !has_ended() && Clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  const int status = kill_group_and_reap();
  read_pieces();
  read_words();
  pieces_.reset();
  words_.reset();
  if (!verdict && WIFEXITED(status) && WEXITSTATUS(status) == 0) return;
  outcome_ = verdict ? std::move(*verdict) : engine::outcome_of_end(status, last_words_, oom_kills_at_start_);
  outcome_.stage = has_lived_ ? "run" : "load";
  outcome_.stderr_tail = engine::last_lines(last_words_);
}

/// The child is not reaped before, so that the group's number still belongs to it.
int ChildProcess::kill_group_and_reap() {
  ::kill(-pid_, SIGKILL);
  ::kill(pid_, SIGKILL);
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

std::optional<std::pair<ChildHeader, std::string>> ChildProcess::next() {
  ChildHeader header;
  if (buffer_.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, buffer_.data(), sizeof header);
  if (header.size > kMaxBytes) throw Error(ErrorCode::kRuntime, "a child process sent nonsense");
  if (buffer_.size() < sizeof header + header.size) return std::nullopt;
  std::string bytes = buffer_.substr(sizeof header, header.size);
  buffer_.erase(0, sizeof header + header.size);
  return std::pair{header, std::move(bytes)};
}

}  // namespace qbench::variants
