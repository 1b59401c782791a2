// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "core/record.h"

namespace qbench::engine {

/// The last kilobytes of what a process wrote to its standard error.
void keep_tail(std::string& text);
/// Its last lines, empty ones left out.
[[nodiscard]] std::vector<std::string> last_lines(const std::string& text);

/// What a process that nobody asked to end has come to, by its wait status, its last words and how often the kernel had
/// killed for lack of memory before it started. Never ok. The stage is left to the caller.
[[nodiscard]] Outcome outcome_of_end(int wait_status, const std::string& last_words, std::int64_t oom_kills_before);

/// An outcome that is not ok as an error: "<what>: timeout while loading: no answer within 4 s; ...". kUnsupported,
/// kOutOfMemory, kModel for a file that our own reader refused (stage "read"), else kRuntime.
[[nodiscard]] Error error_of(const Outcome& outcome, std::string_view what);

}  // namespace qbench::engine
