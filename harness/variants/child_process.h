// SPDX-License-Identifier: Apache-2.0
// A forked child that runs a library which may crash, hang, allocate without end or write to any descriptor.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/files.h"
#include "core/record.h"

namespace qbench::variants {

/// The bounds that a run's workers have, too (engine/settings.h).
struct ChildLimits {
  double load_timeout_s = 120.0;    ///< until the first sign of life
  double request_timeout_s = 60.0;  ///< from one sign of life to the next
  int memory_limit_mb = 0;          ///< 0: three quarters of what is available
  /// Encloses the child (core/sandbox): no network, no other program, no file but the system's libraries and these.
  bool enclosed = false;
  std::vector<std::filesystem::path> readable{};
};

/// What a child writes before each piece of bytes.
struct ChildHeader {
  std::uint64_t tag = 0;
  std::uint64_t size = 0;
};

/// One child and what has arrived from it. It leads a process group of its own, so that nothing that the library starts
/// outlives it; killed with the object, and by the kernel when the thread that made it ends.
class ChildProcess {
 public:
  /// Forks; the child calls `work` with a descriptor for send_piece() and ends when that returns or throws. Throws
  /// Error(kIo) when it cannot be started.
  ChildProcess(const ChildLimits& limits, const std::function<void(int fd)>& work);
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;
  ~ChildProcess();

  /// Whether it may still say something.
  [[nodiscard]] bool running() const noexcept { return pid_ > 0; }
  /// Adds the descriptors to wait for.
  void add_to(std::vector<pollfd>& waiting) const;
  /// Takes what has arrived, and notices the end of the child or of its time.
  void look();
  /// The next whole piece, if there is one. Each is a sign of life. Throws Error(kRuntime) for what is none.
  std::optional<std::pair<ChildHeader, std::string>> next();
  /// How it ended, once it is not running and next() has nothing left; ok for an end of its own accord with code 0.
  [[nodiscard]] const Outcome& outcome() const noexcept { return outcome_; }

 private:
  void read_pieces();
  void read_words();
  [[nodiscard]] bool has_ended() const;
  void end(std::optional<Outcome> verdict);
  int kill_group_and_reap();

  ChildLimits limits_;
  pid_t pid_ = -1;
  UniqueFd pieces_;
  UniqueFd words_;  ///< standard output and error
  std::string buffer_;
  std::string last_words_;
  std::int64_t oom_kills_at_start_ = 0;
  double timeout_s_ = 0.0;
  std::chrono::steady_clock::time_point deadline_;
  bool has_lived_ = false;  ///< gave a sign of life
  Outcome outcome_;
};

/// Writes one piece; in the child. Throws Error(kIo).
void send_piece(int fd, std::uint64_t tag, const std::string& bytes);

}  // namespace qbench::variants
