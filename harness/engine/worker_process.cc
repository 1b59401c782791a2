// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_process.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <thread>

#include "core/assert.h"
#include "core/error.h"
#include "harness/engine/handed_files.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/process_end.h"
#include "harness/engine/process_memory.h"
#include "harness/engine/stray_processes.h"
#include "harness/engine/worker_environment.h"

namespace qbench::engine {
namespace {

constexpr int kMostChunks = 64;
constexpr int kWorkerSocketFd = 3;
constexpr auto kPollSlice = std::chrono::milliseconds(200);
constexpr auto kLastMoments = std::chrono::milliseconds(2000);

struct SocketPair {
  UniqueFd parent;
  UniqueFd child;
};

SocketPair make_socket_pair() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    throw Error(ErrorCode::kIo, "cannot start a worker: {}", errno_text(errno));
  }
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

SocketPair make_pipe() {
  std::array<int, 2> fds{};
  if (::pipe2(fds.data(), O_CLOEXEC) != 0) throw Error(ErrorCode::kIo, "cannot start a worker: {}", errno_text(errno));
  ::fcntl(fds[0], F_SETFL, O_NONBLOCK);
  return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/// File actions and attributes of posix_spawn, which destroy themselves.
class SpawnPlan {
 public:
  SpawnPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    // A service manager's stop reaches all processes; the parent ends its workers in order.
    sigset_t blocked;
    sigemptyset(&blocked);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&blocked, number);
    ::posix_spawnattr_setsigmask(&attributes_, &blocked);
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    ::posix_spawnattr_setsigdefault(&attributes_, &defaults);
    ::posix_spawnattr_setpgroup(&attributes_, 0);  // its own, which ends with it
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  void give(int fd, int as) { ::posix_spawn_file_actions_adddup2(&actions_, fd, as); }

  [[nodiscard]] pid_t start(const std::filesystem::path& program, const std::vector<std::string>& environment) const {
    pid_t pid = -1;
    const std::string flag = fmt::format("--socket-fd={}", kWorkerSocketFd);
    char* const argv[] = {const_cast<char*>(program.c_str()), const_cast<char*>(flag.c_str()), nullptr};
    std::vector<char*> envp;
    for (const std::string& variable : environment) envp.push_back(const_cast<char*>(variable.c_str()));
    envp.push_back(nullptr);
    const int error = ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, argv, envp.data());
    if (error != 0)
      throw Error(ErrorCode::kIo, "cannot start the worker '{}': {}", program.string(), errno_text(error));
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

/// Starts the program without a copy of this process (a fork of the harness costs milliseconds) and without running
/// any code of ours between, so that interposed libraries (umockdev) see nothing of it.
pid_t spawn_worker(const WorkerLaunch& launch, int socket_fd, int stderr_fd) {
  const UniqueFd devnull(::open("/dev/null", O_RDWR | O_CLOEXEC));
  SpawnPlan plan;
  plan.give(devnull.get(), STDIN_FILENO);
  plan.give(stderr_fd, STDOUT_FILENO);
  plan.give(stderr_fd, STDERR_FILENO);
  plan.give(socket_fd, kWorkerSocketFd);
  return plan.start(launch.executable, worker_environment(environ, launch.environment));
}

/// No core files, no more memory than is allowed, and when the system's memory ends the worker goes, not the harness.
void limit_memory(pid_t pid, std::int64_t bytes) {
  const rlimit no_core{0, 0};
  ::prlimit(pid, RLIMIT_CORE, &no_core, nullptr);
  const rlimit data{static_cast<rlim_t>(bytes), static_cast<rlim_t>(bytes)};
  if (bytes > 0) ::prlimit(pid, RLIMIT_DATA, &data, nullptr);
  const UniqueFd oom(::open(fmt::format("/proc/{}/oom_score_adj", pid).c_str(), O_WRONLY | O_CLOEXEC));
  if (oom) [[maybe_unused]]
    const ssize_t ignored = ::write(oom.get(), "1000", 4);
}

bool keep_on_cpu(pid_t pid, int cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(cpu, &cpus);
  return ::sched_setaffinity(pid, sizeof cpus, &cpus) == 0;
}

}  // namespace

WorkerProcess::WorkerProcess(const WorkerLaunch& launch) : channel_(UniqueFd()) {
  if (::access(launch.executable.c_str(), X_OK) != 0) {
    throw Error(ErrorCode::kIo, "cannot start the worker '{}': {}; set QBENCH_WORKER to the qbench-worker program",
                launch.executable.string(), errno_text(errno));
  }
  SocketPair socket = make_socket_pair();
  SocketPair log = make_pipe();
  oom_kills_at_start_ = oom_kill_count();
  adopt_strays();
  pid_ = spawn_worker(launch, socket.child.get(), log.child.get());
  known_.set(pid_);
  channel_ = Channel(std::move(socket.parent));
  stderr_ = std::move(log.parent);
  limit_memory(pid_, launch.memory_limit_bytes);
  if (launch.cpu && !keep_on_cpu(pid_, *launch.cpu)) {
    stderr_text_ = fmt::format("CPU {}, on which the worker was to stay, is gone\n", *launch.cpu);
    ::kill(pid_, SIGKILL);  // the first request tells
  }
}

WorkerProcess::~WorkerProcess() {
  if (pid_ > 0) (void)kill_and_reap();
}

void WorkerProcess::start(const nlohmann::json& message, std::chrono::duration<double> timeout, std::string_view stage,
                          AnswerReader read) {
  QBENCH_ASSERT(!busy_ && !outcome_);
  stage_ = stage;
  timeout_s_ = timeout.count();
  asked_ = Clock::now();
  deadline_ = asked_ + std::chrono::duration_cast<Clock::duration>(timeout);
  read_ = std::move(read);
  is_greeting_ = message.at("op") == "hello";
  busy_ = true;
  if (!alive()) {
    finish({.status = Status::kError, .reason = "the worker has ended before"});
    return;
  }
  std::vector<UniqueFd> files;
  try {
    files = open_handed_files(message);
  } catch (const Error& error) {
    finish({.status = Status::kError, .reason = error.what()});
    return;
  }
  try {
    nlohmann::json numbered = message;
    numbered["id"] = ++id_;
    channel_.send(numbered, files);
  } catch (const Error&) {
    finish(end_after_close());
  }
}

Outcome WorkerProcess::request(const nlohmann::json& message, std::chrono::duration<double> timeout,
                               std::string_view stage, AnswerReader read) {
  start(message, timeout, stage, std::move(read));
  return wait();
}

Outcome WorkerProcess::wait() {
  WorkerProcess* const self = this;
  while (!ready()) wait_any({&self, 1});
  return take();
}

Outcome WorkerProcess::take() {
  QBENCH_ASSERT(outcome_);
  Outcome outcome = std::move(*outcome_);
  outcome_.reset();
  return outcome;
}

void WorkerProcess::wait_any(std::span<WorkerProcess* const> workers) {
  std::vector<pollfd> polled;
  auto until = Clock::now() + kPollSlice;
  for (const WorkerProcess* worker : workers) {
    if (worker->ready()) return;
    if (!worker->busy_) continue;
    polled.push_back({worker->channel_.fd(), POLLIN, 0});
    polled.push_back({worker->stderr_.get(), POLLIN, 0});
    until = std::min(until, worker->deadline_);
  }
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  ::poll(polled.data(), polled.size(), static_cast<int>(std::max<std::int64_t>(wait, 0)));
  for (WorkerProcess* worker : workers) {
    if (!worker->busy_) continue;
    worker->drain_stderr();
    worker->poll_reply();
  }
}

void WorkerProcess::poll_reply() {
  if (take_answer()) return;
  // A process that it left behind may hold the socket open after it.
  if (channel_.closed() || (has_exited() && !take_answer())) {
    finish(end_after_close());
  } else if (!busy_) {
    return;
  } else if (interrupted()) {
    kill_as(Status::kCancelled, "interrupted");
  } else if (Clock::now() >= deadline_) {
    kill_as(Status::kTimeout, fmt::format("no answer within {:g} s; the worker was killed", timeout_s_));
  }
}

/// True when the request has ended by an answer, be it a malformed one.
bool WorkerProcess::take_answer() {
  try {
    const std::optional<nlohmann::json> message = channel_.try_receive();
    if (message) read_answer(*message);
  } catch (const std::exception& error) {  // a worker with broken memory may send anything
    kill_as(Status::kCrashed, fmt::format("the worker sent a malformed answer ({})", error.what()));
  }
  return !busy_;
}

void WorkerProcess::read_answer(const nlohmann::json& body) {
  Outcome outcome = read_failure(body);
  refused_ = read_refused(body);
  // Workers of before protocol 4 do not number their greeting.
  const bool numbered = body.contains("id") || !is_greeting_;
  if (numbered && body.at("id") != id_) throw Error(ErrorCode::kRuntime, "to a request that was not made");
  if (outcome.ok()) read_({.body = body, .seconds = std::chrono::duration<double>(Clock::now() - asked_).count()});
  finish(std::move(outcome));
}

void WorkerProcess::kill_as(Status status, std::string reason) {
  (void)kill_and_reap();
  finish({.status = status, .reason = std::move(reason)});
}

void WorkerProcess::finish(Outcome outcome) {
  drain_stderr();
  if (!outcome.ok()) {
    outcome.stage = stage_;
    outcome.stderr_tail = last_lines(stderr_text_);
  }
  busy_ = false;
  read_ = nullptr;
  outcome_ = std::move(outcome);
}

bool WorkerProcess::has_exited() const {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == pid_;
}

/// How a worker ended that is gone, or that does not speak any more.
Outcome WorkerProcess::end_after_close() {
  // The socket may close a moment before the process ends.
  const Clock::time_point until = Clock::now() + kLastMoments;
  while (!has_exited() && Clock::now() < until) std::this_thread::sleep_for(kLastMoments / 200);
  const bool ended_itself = has_exited();
  const int status = kill_and_reap();
  drain_stderr();
  if (ended_itself) return diagnose(status);
  return {.status = Status::kCrashed, .reason = "the worker closed its connection and lived on; it was killed"};
}

int WorkerProcess::kill_and_reap() {
  int status = 0;
  ::kill(-pid_, SIGKILL);  // its group: what it started and left there, too
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  known_.set(pid_);
  end_strays();
  return status;
}

Outcome WorkerProcess::diagnose(int wait_status) const {
  return outcome_of_end(wait_status, stderr_text_, oom_kills_at_start_);
}

void WorkerProcess::drain_stderr() {
  std::array<char, 4096> chunk{};
  // Not for ever: a library may write faster than this reads.
  for (int chunks = 0; chunks < kMostChunks && stderr_; ++chunks) {
    const ssize_t got = ::read(stderr_.get(), chunk.data(), chunk.size());
    if (got < 0) break;
    if (got == 0) stderr_.reset();  // a library has closed it: poll() would return at once from now on
    stderr_text_.append(chunk.data(), static_cast<std::size_t>(got));
  }
  keep_tail(stderr_text_);
}

void WorkerProcess::pause() {
  if (alive()) ::kill(pid_, SIGSTOP);
}

void WorkerProcess::resume() {
  if (alive()) ::kill(pid_, SIGCONT);
}

std::unique_ptr<WorkerProcess> start_worker(const WorkerLaunch& launch, Outcome& outcome) {
  try {
    return std::make_unique<WorkerProcess>(launch);
  } catch (const Error& error) {  // its program has gone, or there are no more processes or descriptors
    outcome = {.status = Status::kError, .reason = error.what(), .stage = "start"};
    return nullptr;
  }
}

}  // namespace qbench::engine
