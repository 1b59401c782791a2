// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/seccomp_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <bit>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/sandbox/call_rules.h"
#include "core/sandbox/refused_call.h"

namespace qbench::sandbox {
namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#elif defined(__arm__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_ARM;
#elif defined(__riscv) && __riscv_xlen == 64
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_RISCV64;
#else
constexpr std::uint32_t kArchitecture = 0;
#endif
static_assert(std::endian::native == std::endian::little, "the low half of an argument comes first");

// Not in headers of all ages.
constexpr unsigned int kSpecAllow = 1U << 2;
constexpr std::uint32_t kX32Bit = 0x40000000U;
constexpr std::uint32_t kRefused = SECCOMP_RET_TRAP | EPERM;
constexpr std::uint32_t kRefusedWrite = SECCOMP_RET_TRAP | EACCES;
constexpr std::uint32_t kNotThere = SECCOMP_RET_ERRNO | ENOSYS;
constexpr std::uint32_t kWritingFlags = O_WRONLY | O_RDWR | O_CREAT | O_TRUNC;

/// Calls from `first` on, up to the next range, are answered alike.
struct CallRange {
  std::uint32_t first = 0;
  bool known = false;
  CallAnswer answer = CallAnswer::kAbsent;
};

bool same_answer(const CallRange& a, const CallRange& b) {
  return a.known == b.known && (!a.known || a.answer == b.answer);
}

/// Ranges over all numbers. Neighbours with the same answer are one: the fewer, the faster the kernel is done with it.
std::vector<CallRange> call_ranges() {
  std::vector<CallRange> ranges{{.first = 0}};
  const auto begin = [&ranges](const CallRange& range) {
    if (ranges.back().first == range.first) ranges.pop_back();
    if (ranges.empty() || !same_answer(ranges.back(), range)) ranges.push_back(range);
  };
  for (const CallRule& rule : call_rules()) {
    const auto number = static_cast<std::uint32_t>(rule.number);
    begin({.first = number, .known = true, .answer = rule.answer});
    ranges.push_back({.first = number + 1});
  }
  return ranges;
}

/// Writes the filter: a tree of comparisons over the number of the call, with the answers as its leaves. A flat list
/// would cost 0.3 ms when the kernel works out which calls it always allows.
class FilterWriter {
 public:
  explicit FilterWriter(const FilterOptions& options) : options_(options) {}

  std::vector<sock_filter> write() {
    load(offsetof(seccomp_data, arch));
    jump(BPF_JEQ, kArchitecture, 1, 0);
    answer(kRefused);
    load(offsetof(seccomp_data, nr));
#if defined(__x86_64__)
    jump(BPF_JGE, kX32Bit, 0, 1);
    answer(kNotThere);
#endif
    const std::vector<CallRange> ranges = call_ranges();
    branch(ranges, 0, ranges.size());
    return std::move(program_);
  }

 private:
  void load(std::size_t offset) {
    program_.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset)));
  }
  void load_argument(std::size_t index) { load(offsetof(seccomp_data, args) + index * sizeof(std::uint64_t)); }
  void jump(std::uint16_t test, std::uint32_t value, std::uint8_t when_true, std::uint8_t when_false) {
    program_.push_back(BPF_JUMP(static_cast<std::uint16_t>(BPF_JMP | test | BPF_K), value, when_true, when_false));
  }
  void answer(std::uint32_t value) { program_.push_back(BPF_STMT(BPF_RET | BPF_K, value)); }
  /// `yes` when the test of what was loaded holds, else `no`.
  void decide(std::uint16_t test, std::uint32_t value, std::uint32_t yes, std::uint32_t no) {
    jump(test, value, 0, 1);
    answer(yes);
    answer(no);
  }

  void branch(const std::vector<CallRange>& ranges, std::size_t begin, std::size_t end) {
    if (end - begin == 1) return leaf(ranges[begin]);
    const std::size_t middle = begin + (end - begin) / 2;
    jump(BPF_JGE, ranges[middle].first, 0, 1);
    const std::size_t to_right = program_.size();
    program_.push_back(BPF_STMT(BPF_JMP | BPF_JA, 0));
    branch(ranges, begin, middle);
    program_[to_right].k = static_cast<std::uint32_t>(program_.size() - to_right - 1);
    branch(ranges, middle, end);
  }

  void leaf(const CallRange& range) {
    if (!range.known) return answer(kNotThere);
    switch (range.answer) {
      case CallAnswer::kAllow:
        return answer(SECCOMP_RET_ALLOW);
      case CallAnswer::kRefuse:
        return answer(kRefused);
      case CallAnswer::kAbsent:
        return answer(kNotThere);
      case CallAnswer::kThreadsOnly:
        return threads_only();
      case CallAnswer::kOnlySelf:
        return only_self(false);
      case CallAnswer::kOnlySelfOr0:
        return only_self(true);
      case CallAnswer::kNotSigsys:
        load_argument(0);
        return decide(BPF_JEQ, SIGSYS, SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_ALLOW);
      case CallAnswer::kNoProcess:
      case CallAnswer::kFinal:
        return answer(options_.may_fork ? SECCOMP_RET_ALLOW : kRefused);
      case CallAnswer::kNotUndone:
        return options_.may_fork ? answer(SECCOMP_RET_ALLOW) : only_prctl_that_undoes_nothing();
      case CallAnswer::kSocket:
        if (!options_.device_events) return answer(kRefused);
        load_argument(0);
        return decide(BPF_JEQ, AF_NETLINK, SECCOMP_RET_ALLOW, kRefused);
      case CallAnswer::kReadOnly1:
        return read_only(1);
      case CallAnswer::kReadOnly2:
        return read_only(2);
    }
  }

  void threads_only() {
    if (options_.may_fork) return answer(SECCOMP_RET_ALLOW);
    load_argument(0);
    decide(BPF_JSET, CLONE_THREAD, SECCOMP_RET_ALLOW, kRefused);
  }

  void only_self(bool or_zero) {
    if (options_.may_fork) return answer(SECCOMP_RET_ALLOW);  // its children are themselves, too
    load_argument(0);
    if (or_zero) {
      jump(BPF_JEQ, 0, 0, 1);
      answer(SECCOMP_RET_ALLOW);
    }
    decide(BPF_JEQ, static_cast<std::uint32_t>(options_.self), SECCOMP_RET_ALLOW, kRefused);
  }

  void only_prctl_that_undoes_nothing() {
    load_argument(0);
    jump(BPF_JEQ, PR_SET_PDEATHSIG, 1, 0);
    decide(BPF_JEQ, PR_SET_SECCOMP, kRefused, SECCOMP_RET_ALLOW);
    answer(kRefused);
  }

  void read_only(std::size_t flags) {
    if (options_.may_open_write) return answer(SECCOMP_RET_ALLOW);
    load_argument(flags);
    decide(BPF_JSET, kWritingFlags, kRefusedWrite, SECCOMP_RET_ALLOW);
  }

  const FilterOptions& options_;
  std::vector<sock_filter> program_;
};

}  // namespace

std::vector<sock_filter> filter_program(const FilterOptions& options) {
  if (kArchitecture == 0) return {};
  return FilterWriter(options).write();
}

bool filter_calls(const FilterOptions& options, const KernelCalls& kernel) {
  std::vector<sock_filter> instructions = filter_program(options);
  if (instructions.empty() || !note_refused_calls()) return false;
  sock_fprog program{static_cast<unsigned short>(instructions.size()), instructions.data()};
  // Without this flag kernels before 5.16 switch the CPU's store bypass off for a filtered process, which slows it.
  if (kernel.seccomp(SECCOMP_SET_MODE_FILTER, kSpecAllow, &program) == 0) return true;
  return errno == EINVAL && kernel.seccomp(SECCOMP_SET_MODE_FILTER, 0, &program) == 0;
}

}  // namespace qbench::sandbox
