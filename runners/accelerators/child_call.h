// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace qbench::runners {

/// How a call in a child process ended.
struct ChildResult {
  enum class End { kExited, kSignalled, kTimedOut, kNotStarted };
  End end = End::kNotStarted;
  int code = 0;        ///< exit code, signal number, or errno of the failed start
  std::string output;  ///< what the work returned
  std::string errors;  ///< the last 8 KiB of its stderr
  double seconds = 0.0;
  [[nodiscard]] bool ok() const noexcept { return end == End::kExited && code == 0; }
};

/// Forks, runs `work` in the child and brings back the text it returns: for libraries that crash, hang or abort. The
/// child's stdout is discarded; after `deadline` it is killed. An exception in `work` ends the child with code 70 and
/// its message in `errors`. The child is a copy of the calling thread only: `work` must not need other threads.
/// Never throws.
[[nodiscard]] ChildResult call_in_child(const std::function<std::string()>& work, std::chrono::milliseconds deadline);

/// One line about an end that is not ok(): "killed by signal 6 (Aborted)", "gave no answer within 60 s".
[[nodiscard]] std::string describe_end(const ChildResult& result, std::chrono::milliseconds deadline);

/// The last `count` lines of a text.
[[nodiscard]] std::vector<std::string> last_lines(const std::string& text, std::size_t count);

}  // namespace qbench::runners
