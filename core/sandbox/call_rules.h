// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

namespace qbench::sandbox {

/// What the filter answers to a system call.
enum class CallAnswer {
  kAllow,
  kRefuse,       ///< EPERM, and it is noted
  kAbsent,       ///< ENOSYS, as on a kernel without it: the C library falls back to calls whose arguments can be seen
  kThreadsOnly,  ///< clone: a thread may start, a process may not
  kNoProcess,    ///< fork and vfork
  kOnlySelf,     ///< first argument: this process
  kOnlySelfOr0,  ///< first argument: this process, or 0, which stands for it
  kNotSigsys,    ///< first argument: any signal but SIGSYS, whose handler notes what is refused
  kNotUndone,    ///< prctl: nothing that undoes what has been set here
  kFinal,        ///< enclosing further: only where processes may still be forked
  kSocket,       ///< socket: none, or those for device events
  kReadOnly1,    ///< open: second argument asks for reading
  kReadOnly2,    ///< openat: third argument
};

/// One system call of this architecture. Those without a row are answered with ENOSYS.
struct CallRule {
  long number = -1;
  CallAnswer answer = CallAnswer::kAllow;
  const char* words = nullptr;  ///< what was refused: "start a program"; null: it is never noted
};

/// All rules, by number, each number once.
[[nodiscard]] std::vector<CallRule> call_rules();

/// The number in what the preprocessor made of a __NR_ name, "39" or "(0 + 39)"; -1 for a name that this architecture
/// does not have and that therefore stayed as it is.
[[nodiscard]] constexpr long call_number(std::string_view expanded) noexcept {
  if (expanded.starts_with('_')) return -1;
  long sum = 0;
  long part = 0;
  for (const char c : expanded) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) sum += part;
    part = digit ? part * 10 + (c - '0') : 0;
  }
  return sum + part;
}

}  // namespace qbench::sandbox
