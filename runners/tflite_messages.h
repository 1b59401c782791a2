// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdarg>
#include <string>
#include <vector>

#include "core/error.h"

namespace qbench::runners {

/// Collects what the library says through its error reporter. Keeps the first kMaxMessages texts, so a library that
/// complains at every invoke cannot eat the memory.
class TfliteMessages {
 public:
  static constexpr std::size_t kMaxMessages = 32;

  /// The reporter to hand to the library, with a TfliteMessages as user data. Never throws.
  static void report(void* user_data, const char* format, va_list arguments);

  /// Everything said so far as one line.
  [[nodiscard]] std::string text() const;
  void clear() noexcept { messages_.clear(); }

 private:
  std::vector<std::string> messages_;
};

/// What the library was doing when it failed.
enum class TfliteStage { kCreateInterpreter, kAllocate, kInvoke };

/// Turns a failed call into the error that names its cause: kUnsupported for a custom op that only a delegate or
/// another library can run and for an op version of a newer runtime; else kModel before the first invoke and kRuntime
/// at it. `library_text` is the library's own message and stays in the error.
[[nodiscard]] Error explain_failure(TfliteStage stage, const std::string& library_text);

/// Why a model that is fine at its own batch cannot be prepared at another one: the usual cause in plain words, and
/// always the library's own message.
[[nodiscard]] std::string explain_batch_failure(const std::string& library_text);

}  // namespace qbench::runners
