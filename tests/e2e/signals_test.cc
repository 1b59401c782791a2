// SPDX-License-Identifier: Apache-2.0
// Signals that ask a command to end. Campaigns (tests/campaign) send them to every command.
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <thread>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

class SignalsTest : public ::testing::Test {
 protected:
  std::string in_set(const std::string& name) { return (set_.path() / name).string(); }

  /// An endless run, once it has begun.
  int start_endless_run() {
    const int pid = start_qbench(set_.run({"fp32"}, {"--rounds", "100000", "--no-early-stop"}));
    wait_for_log();
    return pid;
  }

  void wait_for_log() {
    while (!std::filesystem::exists(set_.results() / "cells.jsonl")) std::this_thread::sleep_for(5ms);
  }

  TinySet set_;
};

TEST_F(SignalsTest, ASelftestEndsInOrderAtAnyMoment) {
  for (int i = 0; i < 15; ++i) {
    const int signal = std::array{SIGINT, SIGTERM, SIGHUP}[static_cast<std::size_t>(i) % 3];
    const int pid = start_qbench({"selftest", "-m", in_set("fp32.tflite"), "--minutes", "1", "-o", in_set("noise")});
    std::this_thread::sleep_for(i * 15ms);
    ::kill(pid, signal);
    const Clock::time_point sent = Clock::now();
    const int code = wait_for(pid);
    EXPECT_LT(Clock::now() - sent, 10s) << i;
    EXPECT_TRUE(code == 1 || code == 128 + signal) << i << " ended with " << code;  // by the signal before it began
  }
}

TEST_F(SignalsTest, AHangupEndsARunWithItsReport) {
  const int pid = start_endless_run();
  ::kill(pid, SIGHUP);
  EXPECT_EQ(wait_for(pid), 1);
  EXPECT_TRUE(read_report(set_.results()).at("partial").get<bool>());
}

TEST_F(SignalsTest, AnIgnoredHangupStaysIgnored) {
  ::signal(SIGHUP, SIG_IGN);  // as nohup does; inherited
  const int pid = start_qbench(set_.run({"fp32"}));
  ::signal(SIGHUP, SIG_DFL);
  wait_for_log();
  ::kill(pid, SIGHUP);
  EXPECT_EQ(wait_for(pid), 0);
}

TEST_F(SignalsTest, TheSecondSignalEndsARunAtOnce) {
  const int pid = start_endless_run();
  ::kill(pid, SIGSTOP);  // both are there before the first is looked at
  ::kill(pid, SIGINT);
  ::kill(pid, SIGTERM);
  ::kill(pid, SIGCONT);
  const int code = wait_for(pid);
  EXPECT_TRUE(code == 128 + SIGINT || code == 128 + SIGTERM) << code;
}

}  // namespace
}  // namespace qbench::testing
