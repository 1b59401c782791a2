// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/refused_call.h"

#include <ucontext.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <vector>

#include "core/sandbox/call_rules.h"
#include "core/sandbox/refusals.h"

namespace qbench::sandbox {
namespace {

/// The registers of a trapped call: where its result goes and where its arguments are.
struct CallRegisters {
#if defined(__x86_64__)
  explicit CallRegisters(ucontext_t& context) : registers(context.uc_mcontext.gregs) {}
  void set_result(long value) const { registers[REG_RAX] = value; }
  [[nodiscard]] std::uintptr_t argument(int index) const {
    constexpr int kOrder[] = {REG_RDI, REG_RSI};
    return static_cast<std::uintptr_t>(registers[kOrder[index]]);
  }
  greg_t* registers;
#elif defined(__aarch64__)
  explicit CallRegisters(ucontext_t& context) : registers(context.uc_mcontext.regs) {}
  void set_result(long value) const { registers[0] = static_cast<unsigned long long>(value); }
  [[nodiscard]] std::uintptr_t argument(int index) const { return registers[index]; }
  unsigned long long* registers;
#elif defined(__arm__)
  explicit CallRegisters(ucontext_t& context) : registers(&context.uc_mcontext.arm_r0) {}
  void set_result(long value) const { registers[0] = static_cast<unsigned long>(value); }
  [[nodiscard]] std::uintptr_t argument(int index) const { return registers[index]; }
  unsigned long* registers;
#elif defined(__riscv)
  explicit CallRegisters(ucontext_t& context) : registers(context.uc_mcontext.__gregs) {}
  void set_result(long value) const { registers[REG_A0] = static_cast<unsigned long>(value); }
  [[nodiscard]] std::uintptr_t argument(int index) const { return registers[REG_A0 + index]; }
  unsigned long* registers;
#else
  explicit CallRegisters(ucontext_t&) {}
  void set_result(long) const {}
  [[nodiscard]] std::uintptr_t argument(int) const { return 0; }
#endif
};

/// Filled before the first call can be refused, never changed after: nothing may be allocated in the handler.
std::vector<CallRule> noted_rules;

const CallRule* noted_rule(long number) noexcept {
  const auto found = std::ranges::find(noted_rules, number, &CallRule::number);
  return found != noted_rules.end() ? &*found : nullptr;
}

void on_refused_call(int, siginfo_t* info, void* context) {
  const CallRegisters registers(*static_cast<ucontext_t*>(context));
  const CallRule* rule = noted_rule(info->si_syscall);
  const bool names_path =
      rule != nullptr && (rule->answer == CallAnswer::kReadOnly1 || rule->answer == CallAnswer::kReadOnly2);
  const auto* path = reinterpret_cast<const char*>(
      names_path ? registers.argument(rule->answer == CallAnswer::kReadOnly1 ? 0 : 1) : 0);
  note_refusal(rule != nullptr ? rule->words : "call the kernel as another kind of machine", path);
  registers.set_result(-info->si_errno);
}

bool install_handler() {
  noted_rules = call_rules();
  std::erase_if(noted_rules, [](const CallRule& rule) { return rule.words == nullptr; });
  struct sigaction action {};
  action.sa_sigaction = on_refused_call;
  action.sa_flags = SA_SIGINFO | SA_RESTART | SA_NODEFER | SA_ONSTACK;
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, SIGSYS);
  return ::sigaction(SIGSYS, &action, nullptr) == 0 && ::sigprocmask(SIG_UNBLOCK, &only, nullptr) == 0;
}

}  // namespace

bool note_refused_calls() {
  static const bool kInstalled = install_handler();
  return kInstalled;
}

}  // namespace qbench::sandbox
