// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>

#include "core/files.h"
#include "core/record.h"
#include "harness/engine/channel.h"
#include "harness/engine/protocol.h"
#include "harness/engine/stray_processes.h"

namespace qbench::engine {

/// How workers are started.
struct WorkerLaunch {
  std::filesystem::path executable;     ///< the qbench-worker program
  std::int64_t memory_limit_bytes = 0;  ///< RLIMIT_DATA of the worker; 0: none
  std::optional<int> cpu;               ///< the only CPU that it may run on; absent: all of the parent's
  std::string environment{};            ///< names of variables that it gets besides (worker_environment.h)
};

/// Takes an answer that is no failure (protocol.h). An Error that it throws means that the answer is malformed.
using AnswerReader = std::function<void(const Answer&)>;

/// One worker process, seen from the parent. Requests are asynchronous underneath so that several workers can be
/// waited for together; request() is the simple form. A worker that dies, hangs past its deadline, reaches its memory
/// limit or answers what it was not asked turns into an Outcome; it never throws into the run. What a worker started
/// ends with it, wherever it went (stray_processes.h). Start workers from the main thread only: the kernel ends
/// a worker when the thread that started it ends.
class WorkerProcess {
 public:
  /// Throws Error(kIo) when the program cannot be started.
  explicit WorkerProcess(const WorkerLaunch& launch);
  ~WorkerProcess();  ///< kills the worker
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Sends a request, waits for its answer and has it read. `stage` names the work in the outcome of a failure.
  [[nodiscard]] Outcome request(const nlohmann::json& message, std::chrono::duration<double> timeout,
                                std::string_view stage, AnswerReader read);

  /// The asynchronous form: start(), then wait_any() until ready(), then take(); wait() is the last two for one worker.
  /// `read` is called, if at all, before ready().
  void start(const nlohmann::json& message, std::chrono::duration<double> timeout, std::string_view stage,
             AnswerReader read);
  [[nodiscard]] Outcome wait();
  [[nodiscard]] bool ready() const noexcept { return outcome_.has_value(); }
  [[nodiscard]] bool busy() const noexcept { return busy_; }
  [[nodiscard]] Outcome take();

  /// Blocks until one of the busy workers is ready or the run is interrupted (then their requests end as cancelled).
  static void wait_any(std::span<WorkerProcess* const> workers);

  /// A paused worker (SIGSTOP) cannot disturb the one that is measured.
  void pause();
  void resume();

  [[nodiscard]] bool alive() const noexcept { return pid_ > 0; }
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// What its runtime has tried and was refused, by the last answer.
  [[nodiscard]] const std::vector<std::string>& refused() const noexcept { return refused_; }

 private:
  void drain_stderr();
  void poll_reply();
  [[nodiscard]] bool take_answer();
  void read_answer(const nlohmann::json& body);
  void finish(Outcome outcome);
  void kill_as(Status status, std::string reason);
  [[nodiscard]] bool has_exited() const;
  int kill_and_reap();
  [[nodiscard]] Outcome end_after_close();
  [[nodiscard]] Outcome diagnose(int wait_status) const;

  pid_t pid_ = -1;
  KnownChild known_;
  Channel channel_;
  UniqueFd stderr_;
  std::string stderr_text_;  // the last kilobytes
  std::int64_t oom_kills_at_start_ = 0;
  std::vector<std::string> refused_;

  // One request.
  bool busy_ = false;
  std::int64_t id_ = 0;
  bool is_greeting_ = false;
  std::string stage_;
  double timeout_s_ = 0.0;
  Clock::time_point asked_;
  Clock::time_point deadline_;
  AnswerReader read_;
  std::optional<Outcome> outcome_;
};

/// nullptr when the worker cannot be started; `outcome` then says why.
[[nodiscard]] std::unique_ptr<WorkerProcess> start_worker(const WorkerLaunch& launch, Outcome& outcome);

}  // namespace qbench::engine
