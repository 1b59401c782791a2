// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <map>

#include "core/sandbox/call_rules.h"

namespace qbench::sandbox {
namespace {

constexpr pid_t kSelf = 4711;
constexpr std::uint32_t kMostNumber = 1000;

/// What the kernel would answer: the few instructions that the filter is made of.
std::uint32_t run_filter(const std::vector<sock_filter>& program, const seccomp_data& data) {
  std::uint32_t loaded = 0;
  for (std::size_t at = 0; at < program.size(); ++at) {
    const sock_filter& step = program[at];
    bool holds = false;
    switch (step.code) {
      case BPF_LD | BPF_W | BPF_ABS:
        std::memcpy(&loaded, reinterpret_cast<const char*>(&data) + step.k, sizeof loaded);
        continue;
      case BPF_RET | BPF_K:
        return step.k;
      case BPF_JMP | BPF_JA:
        at += step.k;
        continue;
      case BPF_JMP | BPF_JEQ | BPF_K:
        holds = loaded == step.k;
        break;
      case BPF_JMP | BPF_JGE | BPF_K:
        holds = loaded >= step.k;
        break;
      case BPF_JMP | BPF_JSET | BPF_K:
        holds = (loaded & step.k) != 0;
        break;
      default:
        ADD_FAILURE() << "instruction " << step.code;
        return 0;
    }
    at += holds ? step.jt : step.jf;
  }
  ADD_FAILURE() << "the program has no end";
  return 0;
}

class SeccompFilterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    program_ = filter_program({.self = kSelf});
    if (program_.empty()) GTEST_SKIP() << "no filter on this architecture";
  }
  /// The architecture that the filter compares with stands in its second instruction.
  [[nodiscard]] std::uint32_t answer(long number, std::array<std::uint64_t, 3> arguments = {}) const {
    seccomp_data data{};
    data.nr = static_cast<int>(number);
    data.arch = program_[1].k;
    for (std::size_t i = 0; i < arguments.size(); ++i) data.args[i] = arguments[i];
    return run_filter(program_, data);
  }
  std::vector<sock_filter> program_;
};

constexpr std::uint32_t kRefusal = SECCOMP_RET_TRAP | EPERM;
constexpr std::uint32_t kAbsence = SECCOMP_RET_ERRNO | ENOSYS;

TEST_F(SeccompFilterTest, EveryRuleIsFollowedAndWhatHasNoneIsAbsent) {
  std::map<long, CallAnswer> rules;
  for (const CallRule& rule : call_rules()) EXPECT_TRUE(rules.emplace(rule.number, rule.answer).second) << rule.number;
  for (long number = 0; number < kMostNumber; ++number) {
    const auto rule = rules.find(number);
    if (rule == rules.end() || rule->second == CallAnswer::kAbsent) {
      EXPECT_EQ(answer(number), kAbsence) << number;
    } else if (rule->second == CallAnswer::kAllow) {
      EXPECT_EQ(answer(number), SECCOMP_RET_ALLOW) << number;
    } else if (rule->second == CallAnswer::kRefuse || rule->second == CallAnswer::kFinal) {
      EXPECT_EQ(answer(number), kRefusal) << number;
    }
  }
}

TEST_F(SeccompFilterTest, OnlyThreadsAreCloned) {
  constexpr std::uint64_t kThread = 0x3d0f00;
  EXPECT_EQ(answer(SYS_clone, {kThread}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer(SYS_clone, {17}), kRefusal);
}

TEST_F(SeccompFilterTest, OnlyThisProcessIsSignalled) {
  EXPECT_EQ(answer(SYS_tgkill, {kSelf, 5, 6}), SECCOMP_RET_ALLOW);
  EXPECT_EQ(answer(SYS_tgkill, {kSelf - 1, 5, 6}), kRefusal);
  EXPECT_EQ(answer(SYS_kill, {0, 9}), kRefusal);  // the whole group
  EXPECT_EQ(answer(SYS_kill, {static_cast<std::uint64_t>(-1), 9}), kRefusal);
  EXPECT_EQ(answer(SYS_prlimit64, {0}), SECCOMP_RET_ALLOW);
}

TEST_F(SeccompFilterTest, WithoutLandlockFilesAreOpenedForReadingOnly) {
  EXPECT_EQ(answer(SYS_openat, {0, 0, O_RDWR}), SECCOMP_RET_ALLOW);
  program_ = filter_program({.self = kSelf, .may_open_write = false});
  EXPECT_EQ(answer(SYS_openat, {0, 0, O_RDONLY | O_CLOEXEC}), SECCOMP_RET_ALLOW);
  for (const std::uint64_t flags : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_RDWR | O_TMPFILE}) {
    EXPECT_EQ(answer(SYS_openat, {0, 0, flags}), SECCOMP_RET_TRAP | EACCES) << flags;
  }
}

TEST_F(SeccompFilterTest, AnotherArchitecturesCallsAreRefused) {
  seccomp_data data{};
  data.arch = program_[1].k ^ 1U;
  EXPECT_EQ(run_filter(program_, data), kRefusal);
}

TEST_F(SeccompFilterTest, HasFewSteps) { EXPECT_LT(program_.size(), 500U); }

TEST(CallNumberTest, IsReadFromWhatThePreprocessorLeaves) {
  EXPECT_EQ(call_number("39"), 39);
  EXPECT_EQ(call_number("(0 + 39)"), 39);
  EXPECT_EQ(call_number("__NR_is_not_here"), -1);
}

}  // namespace
}  // namespace qbench::sandbox
