// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_process.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "core/error.h"
#include "harness/board/cpu_reader.h"
#include "tests/support/fake_runner.h"
#include "tests/support/paths.h"

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

namespace qbench::engine {
namespace {

using namespace std::chrono_literals;

const AnswerReader kUnread = [](const Answer&) {};

class WorkerProcessTest : public ::testing::Test {
 protected:
  nlohmann::json load_request(const testing::FakeScript& script) {
    const std::filesystem::path model = folder_.path() / "model.fake";
    write_file_atomic(model, testing::fake_model(script));
    const bool forks = script.fault.starts_with("leave_child");  // an enclosed worker may not
    return {{"op", "load"}, {"model", model.string()}, {"runner", "fake"}, {"batch", 1}, {"sandbox", !forks}};
  }

  /// How a worker ends that loads a model with a fault at prepare.
  Outcome outcome_of(const std::string& fault, std::chrono::duration<double> timeout = 20s, std::int64_t limit = 0) {
    testing::FakeScript script;
    script.fault = fault;
    script.fault_at = "prepare";
    WorkerProcess worker({.executable = QBENCH_TEST_WORKER, .memory_limit_bytes = limit});
    return worker.request(load_request(script), timeout, "load", kUnread);
  }

  testing::TemporaryFolder folder_;
  WorkerLaunch launch_{.executable = QBENCH_TEST_WORKER};
};

TEST_F(WorkerProcessTest, ALoadedModelIsDescribed) {
  WorkerProcess worker(launch_);
  LoadReply loaded;
  const Outcome outcome = worker.request(load_request({}), 20s, "load",
                                         [&](const Answer& answer) { loaded = read_load_reply(answer, false); });
  ASSERT_TRUE(outcome.ok()) << outcome.reason;
  EXPECT_EQ(loaded.inputs.at(0).shape, (std::vector<int>{1, 8, 8, 3}));
  EXPECT_EQ(loaded.runner.name, "fake");
  EXPECT_GT(loaded.memory_before, 0);
}

TEST_F(WorkerProcessTest, ACrashNamesItsSignalAndStage) {
  const Outcome outcome = outcome_of("crash");
  EXPECT_EQ(outcome.status, Status::kCrashed);
  EXPECT_EQ(outcome.signal, kSanitized ? outcome.signal : SIGSEGV);
  EXPECT_EQ(outcome.stage, "load");
}

TEST_F(WorkerProcessTest, AnAbortNamesItsSignal) {
  const Outcome outcome = outcome_of("abort");
  EXPECT_EQ(outcome.status, Status::kCrashed);
  EXPECT_EQ(outcome.signal, SIGABRT);
}

TEST_F(WorkerProcessTest, AHangEndsAtItsDeadline) {
  const Outcome outcome = outcome_of("hang", 300ms);
  EXPECT_EQ(outcome.status, Status::kTimeout);
  EXPECT_NE(outcome.reason.find("0.3 s"), std::string::npos);
}

TEST_F(WorkerProcessTest, AllocatingWithoutEndReachesTheLimit) {
  if (kSanitized) GTEST_SKIP() << "memory limits cannot be set under AddressSanitizer";
  EXPECT_EQ(outcome_of("allocate", 60s, 300 << 20).status, Status::kOom);
}

TEST_F(WorkerProcessTest, AnErrorOfTheRuntimeKeepsItsWords) {
  const Outcome outcome = outcome_of("error");
  EXPECT_EQ(outcome.status, Status::kError);
  EXPECT_FALSE(outcome.reason.empty());
}

TEST_F(WorkerProcessTest, WhatIsNotSupportedIsNoError) {
  EXPECT_EQ(outcome_of("unsupported").status, Status::kUnsupported);
}

TEST_F(WorkerProcessTest, AnExitIsReportedWithItsCode) {
  const Outcome outcome = outcome_of("exit");
  EXPECT_EQ(outcome.status, Status::kCrashed);
  EXPECT_NE(outcome.reason.find("exit code 3"), std::string::npos);
}

/// The number that the fake runner tells of the process that it leaves behind.
pid_t left_behind(const Outcome& outcome) {
  constexpr std::string_view kWords = "left behind: ";
  for (const std::string& line : outcome.stderr_tail) {
    if (line.starts_with(kWords)) return std::stoi(line.substr(kWords.size()));
  }
  return 0;
}

TEST_F(WorkerProcessTest, WhatACrashedWorkerLeftBehindIsEnded) {
  const Clock::time_point start = Clock::now();
  const Outcome outcome = outcome_of("leave_child_and_abort");
  EXPECT_EQ(outcome.status, Status::kCrashed) << outcome.reason;
  EXPECT_EQ(outcome.signal, SIGABRT);
  EXPECT_LT(Clock::now() - start, 10s);  // although the socket is still open in the one that is left
  ASSERT_GT(left_behind(outcome), 0);
  EXPECT_EQ(::kill(left_behind(outcome), 0), -1);
}

TEST_F(WorkerProcessTest, WhatAKilledWorkerLeftBehindIsEnded) {
  testing::FakeScript script;
  script.fault = "leave_child";
  script.fault_at = "prepare";
  WorkerProcess other(launch_);
  pid_t left = 0;
  {
    WorkerProcess worker(launch_);
    ASSERT_TRUE(worker.request(load_request(script), 20s, "load", kUnread).ok());
    left = left_behind(worker.request({{"op", "nonsense"}}, 20s, "nonsense", kUnread));
    ASSERT_GT(left, 0);
    EXPECT_EQ(::kill(left, 0), 0);
  }
  EXPECT_EQ(::kill(left, 0), -1);
  EXPECT_TRUE(other.request(load_request({}), 20s, "load", kUnread).ok());  // the others are left alone
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) { return double(time.tv_sec) + 1e-6 * double(time.tv_usec); };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

TEST_F(WorkerProcessTest, AClosedOutputIsWaitedForNoMore) {
  const double before = cpu_seconds();
  EXPECT_TRUE(outcome_of("close_output").ok());  // half a second
  EXPECT_LT(cpu_seconds() - before, 0.2);
}

TEST_F(WorkerProcessTest, EndlessOutputDoesNotOutlastTheDeadline) {
  EXPECT_EQ(outcome_of("chatter", 300ms).status, Status::kTimeout);
}

TEST_F(WorkerProcessTest, AnOutsideKillIsReported) {
  WorkerProcess worker(launch_);
  ASSERT_TRUE(worker.request(load_request({}), 20s, "load", kUnread).ok());
  ::kill(worker.pid(), SIGKILL);
  const Outcome outcome = worker.request({{"op", "first"}}, 20s, "first invoke", kUnread);
  EXPECT_EQ(outcome.status, Status::kCrashed);
  EXPECT_EQ(outcome.signal, SIGKILL);
}

TEST_F(WorkerProcessTest, SignalsThatStopTheWholeGroupAreTheParentsBusiness) {
  WorkerProcess worker(launch_);
  const nlohmann::json load = load_request({});  // once: an enclosed worker cannot open another file
  ASSERT_TRUE(worker.request(load, 20s, "load", kUnread).ok());
  ::kill(worker.pid(), SIGINT);
  ::kill(worker.pid(), SIGTERM);
  ::kill(worker.pid(), SIGHUP);
  EXPECT_TRUE(worker.request(load, 20s, "load", kUnread).ok());
}

TEST_F(WorkerProcessTest, AFailedRequestLeavesTheWorkerUsable) {
  WorkerProcess worker(launch_);
  EXPECT_EQ(worker.request({{"op", "nonsense"}}, 20s, "nonsense", kUnread).status, Status::kError);
  EXPECT_TRUE(worker.request(load_request({}), 20s, "load", kUnread).ok());
}

TEST_F(WorkerProcessTest, ADeadWorkerRefusesFurtherRequests) {
  testing::FakeScript script;
  script.fault = "crash";
  script.fault_at = "prepare";
  WorkerProcess worker(launch_);
  (void)worker.request(load_request(script), 20s, "load", kUnread);
  EXPECT_FALSE(worker.alive());
  EXPECT_EQ(worker.request({{"op", "first"}}, 20s, "first invoke", kUnread).status, Status::kError);
}

TEST_F(WorkerProcessTest, AnAnswerThatCannotBeReadEndsTheWorker) {
  WorkerProcess worker(launch_);
  const Outcome outcome =
      worker.request(load_request({}), 20s, "load", [](const Answer& answer) { (void)read_first_reply(answer); });
  EXPECT_EQ(outcome.status, Status::kCrashed);
  EXPECT_EQ(outcome.stage, "load");
  EXPECT_EQ(outcome.reason, "the worker sent a malformed answer ('first_invoke_ms' is missing)");
  EXPECT_FALSE(worker.alive());
}

TEST_F(WorkerProcessTest, AnAnswerToNoRequestEndsTheWorker) {
  ::setenv("QBENCH_TEST_ANSWER", R"({"id": 2, "invoke_ns": 1})", 1);
  WorkerProcess worker(launch_);
  ::unsetenv("QBENCH_TEST_ANSWER");
  const Outcome outcome = worker.request({{"op", "evaluate"}}, 20s, "evaluate", kUnread);
  EXPECT_EQ(outcome.status, Status::kCrashed);
  EXPECT_NE(outcome.reason.find("malformed answer"), std::string::npos) << outcome.reason;
}

TEST_F(WorkerProcessTest, APausedWorkerDoesNotAnswerUntilItIsResumed) {
  WorkerProcess worker(launch_);
  worker.pause();
  worker.start(load_request({}), 20s, "load", kUnread);
  std::this_thread::sleep_for(300ms);
  WorkerProcess* const only = &worker;
  WorkerProcess::wait_any({&only, 1});
  EXPECT_FALSE(worker.ready());
  worker.resume();
  while (!worker.ready()) WorkerProcess::wait_any({&only, 1});
  EXPECT_TRUE(worker.take().ok());
}

TEST_F(WorkerProcessTest, AProgramThatIsNotThereIsAnError) {
  EXPECT_THROW(WorkerProcess({.executable = folder_.path() / "absent"}), Error);
}

TEST_F(WorkerProcessTest, AProgramThatHasGoneIsAnOutcomeOfItsCell) {
  Outcome outcome;
  EXPECT_EQ(start_worker({.executable = folder_.path() / "absent"}, outcome), nullptr);
  EXPECT_EQ(outcome.status, Status::kError);
  EXPECT_NE(outcome.reason.find("absent"), std::string::npos);
}

TEST_F(WorkerProcessTest, AWorkerStaysOnItsCpu) {
  const std::optional<int> cpu = fastest_allowed_cpu(SystemTree());
  if (!cpu) GTEST_SKIP() << "this machine does not tell which CPUs may be used";
  launch_.cpu = cpu;
  WorkerProcess worker(launch_);
  ASSERT_TRUE(worker.request(load_request({}), 20s, "load", kUnread).ok());
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(worker.pid(), sizeof allowed, &allowed), 0);
  EXPECT_EQ(CPU_COUNT(&allowed), 1);
  EXPECT_TRUE(CPU_ISSET(*cpu, &allowed));
}

TEST_F(WorkerProcessTest, ACpuThatIsGoneEndsTheWorkerWithTheReason) {
  launch_.cpu = CPU_SETSIZE - 1;
  WorkerProcess worker(launch_);
  const Outcome outcome = worker.request(load_request({}), 20s, "load", kUnread);
  EXPECT_EQ(outcome.status, Status::kCrashed);
  ASSERT_FALSE(outcome.stderr_tail.empty());
  EXPECT_NE(outcome.stderr_tail.back().find("on which the worker was to stay, is gone"), std::string::npos);
}

}  // namespace
}  // namespace qbench::engine
