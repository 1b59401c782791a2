// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/child_blocks.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <new>
#include <optional>
#include <span>

#include "core/error.h"
#include "core/files.h"
#include "core/usable_cpus.h"
#include "harness/engine/interrupt.h"

namespace qbench::variants {
namespace {

/// What a child writes before each piece of bytes.
struct Header {
  std::uint64_t block = 0;
  std::uint64_t size = 0;
};

constexpr std::uint64_t kErrorBlock = ~std::uint64_t{0};  // then the bytes are an error code and its message
constexpr std::uint64_t kMaxBytes = std::uint64_t{1} << 32;
constexpr int kPollMs = 200;
constexpr std::size_t kReadBytes = 1U << 16;

void send(int fd, std::uint64_t block, const std::string& bytes) {
  const Header header{block, bytes.size()};
  write_all(fd, std::as_bytes(std::span(&header, 1)), "the pipe to the parent");
  write_all(fd, std::as_bytes(std::span(bytes)), "the pipe to the parent");
}

[[noreturn]] void run_child(int fd, std::size_t first, std::size_t step, std::size_t blocks, pid_t parent,
                            const std::function<BlockWork()>& make_work) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(1);
  std::signal(SIGINT, SIG_IGN);  // the parent decides
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) {
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
  }
  try {
    try {
      const BlockWork work = make_work();
      for (std::size_t block = first; block < blocks; block += step) send(fd, block, work(block));
      ::_exit(0);
    } catch (const Error& error) {
      send(fd, kErrorBlock, static_cast<char>(error.code()) + std::string(error.what()));
    } catch (const std::bad_alloc&) {
      send(fd, kErrorBlock, static_cast<char>(ErrorCode::kOutOfMemory) + std::string("out of memory"));
    } catch (const std::exception& error) {
      send(fd, kErrorBlock, static_cast<char>(ErrorCode::kRuntime) + std::string(error.what()));
    }
  } catch (const std::exception&) {
    ::_exit(1);  // nobody listens any more
  }
  ::_exit(0);
}

/// One child and what has arrived from it. Killed with the object.
class Child {
 public:
  Child(pid_t pid, UniqueFd fd) : pid_(pid), fd_(std::move(fd)) {}
  Child(Child&& other) noexcept : pid_(other.pid_), fd_(std::move(other.fd_)), buffer_(std::move(other.buffer_)) {
    other.pid_ = -1;
  }
  Child& operator=(Child&&) = delete;
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
  }

  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  [[nodiscard]] bool open() const noexcept { return static_cast<bool>(fd_); }

  /// Takes what is readable; closes at the end of the stream.
  void read_some() {
    std::array<char, kReadBytes> bytes{};
    const ssize_t count = ::read(fd_.get(), bytes.data(), bytes.size());
    if (count > 0) {
      buffer_.append(bytes.data(), static_cast<std::size_t>(count));
    } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
      fd_.reset();
    }
  }

  /// The next whole piece, or nothing yet.
  std::optional<std::pair<Header, std::string>> next() {
    Header header;
    if (buffer_.size() < sizeof header) return std::nullopt;
    std::memcpy(&header, buffer_.data(), sizeof header);
    if (header.size > kMaxBytes) throw Error(ErrorCode::kRuntime, "a child process sent nonsense");
    if (buffer_.size() < sizeof header + header.size) return std::nullopt;
    std::string bytes = buffer_.substr(sizeof header, header.size);
    buffer_.erase(0, sizeof header + header.size);
    return std::pair{header, std::move(bytes)};
  }

  /// How it ended, once its stream is closed: empty when all is well.
  std::string end() {
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    if (WIFSIGNALED(status))
      return fmt::format("killed by signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0) return fmt::format("ended with code {}", WEXITSTATUS(status));
    return {};
  }

 private:
  pid_t pid_;
  UniqueFd fd_;
  std::string buffer_;
};

std::vector<Child> start_children(std::size_t count, std::size_t blocks, const std::function<BlockWork()>& make_work) {
  std::vector<Child> children;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::kIo, "no pipe: {}", errno_text(errno));
    UniqueFd read_end(ends[0]);
    const UniqueFd write_end(ends[1]);
    const pid_t parent = ::getpid();
    const pid_t pid = ::fork();
    if (pid < 0) throw Error(ErrorCode::kIo, "no child process could be started: {}", errno_text(errno));
    if (pid == 0) run_child(write_end.get(), i, count, blocks, parent, make_work);
    children.emplace_back(pid, std::move(read_end));
  }
  return children;
}

/// Waits until one of the open children has something to say.
void wait_for_any(const std::vector<Child>& children, std::vector<pollfd>& waiting) {
  waiting.clear();
  for (const Child& child : children) waiting.push_back({child.open() ? child.fd() : -1, POLLIN, 0});
  ::poll(waiting.data(), waiting.size(), kPollMs);
  if (engine::interrupted()) throw Error(ErrorCode::kIo, "interrupted; nothing was written");
}

}  // namespace

std::vector<std::string> run_in_children(const ChildBlocks& plan, const std::function<BlockWork()>& make_work) {
  const std::size_t cores =
      plan.jobs > 0 ? static_cast<std::size_t>(plan.jobs) : static_cast<std::size_t>(usable_cpus());
  std::vector<Child> children =
      start_children(std::clamp<std::size_t>(cores, 1, std::max<std::size_t>(plan.blocks, 1)), plan.blocks, make_work);
  std::vector<std::string> results(plan.blocks);
  std::vector<pollfd> waiting;
  std::size_t done = 0;
  while (std::any_of(children.begin(), children.end(), [](const Child& child) { return child.open(); })) {
    wait_for_any(children, waiting);
    for (std::size_t i = 0; i < children.size(); ++i) {
      if (!children[i].open() || waiting[i].revents == 0) continue;
      children[i].read_some();
      while (auto piece = children[i].next()) {
        auto& [header, bytes] = *piece;
        if (header.block == kErrorBlock) throw Error(static_cast<ErrorCode>(bytes.at(0)), bytes.substr(1));
        results.at(header.block) = std::move(bytes);
        ++done;
        if (plan.progress) plan.progress(done);
      }
      if (children[i].open()) continue;
      const std::string end = children[i].end();
      if (!end.empty()) throw Error(ErrorCode::kRuntime, "{}: its process was {}", plan.what, end);
    }
  }
  if (done != plan.blocks) throw Error(ErrorCode::kRuntime, "{}: it ended early", plan.what);
  return results;
}

}  // namespace qbench::variants
