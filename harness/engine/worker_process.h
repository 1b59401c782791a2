// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "core/files.h"
#include "core/record.h"
#include "harness/engine/channel.h"

namespace qbench::engine {

/// How workers are started.
struct WorkerLaunch {
  std::filesystem::path executable;     ///< the qbench-worker program
  std::int64_t memory_limit_bytes = 0;  ///< RLIMIT_DATA of the worker; 0: none
  std::optional<int> cpu;               ///< the only CPU that it may run on; absent: all of the parent's
};

/// What a request gave: the answer, or how the worker failed.
struct Reply {
  Outcome outcome;
  nlohmann::json body;
  [[nodiscard]] bool ok() const noexcept { return outcome.ok(); }
};

/// One worker process, seen from the parent. Requests are asynchronous underneath so that several workers can be
/// waited for together; request() is the simple form. A worker that dies, hangs past its deadline or reaches its memory
/// limit turns into an Outcome; it never throws into the run. Start workers from the main thread only: the kernel ends
/// a worker when the thread that started it ends.
class WorkerProcess {
 public:
  /// Throws Error(kIo) when the program cannot be started.
  explicit WorkerProcess(const WorkerLaunch& launch);
  ~WorkerProcess();  ///< kills the worker
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Sends a request and waits for its answer. `stage` names the work in the outcome of a failure.
  [[nodiscard]] Reply request(const nlohmann::json& message, std::chrono::duration<double> timeout,
                              std::string_view stage);

  /// The asynchronous form: start(), then wait_any() until ready(), then take(); wait() is the last two for one worker.
  void start(const nlohmann::json& message, std::chrono::duration<double> timeout, std::string_view stage);
  [[nodiscard]] Reply wait();
  [[nodiscard]] bool ready() const noexcept { return reply_.has_value(); }
  [[nodiscard]] bool busy() const noexcept { return busy_; }
  [[nodiscard]] Reply take();

  /// Blocks until one of the busy workers is ready or the run is interrupted (then their requests end as cancelled).
  static void wait_any(std::span<WorkerProcess* const> workers);

  /// A paused worker (SIGSTOP) cannot disturb the one that is measured.
  void pause();
  void resume();

  [[nodiscard]] bool alive() const noexcept { return pid_ > 0; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  void drain_stderr();
  void poll_reply();
  void finish(Outcome outcome, nlohmann::json body = {});
  void kill_as(Status status, std::string reason);
  int kill_and_reap();
  [[nodiscard]] int reap();
  [[nodiscard]] Outcome diagnose(int wait_status) const;
  [[nodiscard]] std::vector<std::string> stderr_lines() const;

  pid_t pid_ = -1;
  Channel channel_;
  UniqueFd stderr_;
  std::string stderr_text_;  // the last kilobytes
  std::int64_t oom_kills_at_start_ = 0;

  // One request.
  bool busy_ = false;
  std::string stage_;
  double timeout_s_ = 0.0;
  Clock::time_point deadline_;
  std::optional<Reply> reply_;
};

}  // namespace qbench::engine
