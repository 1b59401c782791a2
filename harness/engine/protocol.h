// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "core/record.h"

namespace qbench::engine {

/// An answer as it came from a worker (worker.h lists them). A program that only looks like a worker, or a worker whose
/// memory a runtime has overwritten, may answer anything: all that is used goes through one of the functions below.
struct Answer {
  const nlohmann::json& body;
  double seconds = 0.0;  ///< from the request to the answer: no time that it tells can be longer
};

struct HelloReply {
  int protocol = 0;  ///< 0: a worker from before versions
  std::string version;
  std::string git_commit;
};

struct LoadReply {
  double load_ms = 0.0;
  std::int64_t memory_before = 0;
  std::int64_t memory_peak = 0;
  std::string batching;
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  RunnerRecord runner;  ///< empty in a brief answer
};

struct FirstReply {
  double first_invoke_ms = 0.0;
  std::int64_t memory_peak = 0;
};

/// What was asked of a block.
struct BlockAsked {
  int timed = 1;
  bool planted = false;
};

struct BlockReply {
  std::vector<std::int64_t> samples_ns;  ///< `timed` of each
  std::vector<std::int64_t> encode_ns;
  std::vector<std::int64_t> copy_in_ns;
  std::vector<std::int64_t> copy_out_ns;
  std::vector<std::int64_t> planted_ns;  ///< empty when nothing was planted
  std::int64_t cpu_ns = 0;
  std::int64_t memory_peak = 0;
};

struct EvaluateReply {
  double invoke_ms = 0.0;
};

// Each throws Error(kRuntime) with what is wrong: a value that is missing, of another type or beyond what it can be.

/// Lenient with what is missing: workers of other builds are asked, too.
[[nodiscard]] HelloReply read_hello_reply(const Answer& answer);
[[nodiscard]] LoadReply read_load_reply(const Answer& answer, bool brief);
[[nodiscard]] FirstReply read_first_reply(const Answer& answer);
[[nodiscard]] BlockReply read_block_reply(const Answer& answer, const BlockAsked& asked);
[[nodiscard]] EvaluateReply read_evaluate_reply(const Answer& answer);
/// An answer that only says "done".
void read_empty_reply(const Answer& answer);
/// What the runtime has tried so far and was refused (core/sandbox/refusals.h); any answer may say it.
[[nodiscard]] std::vector<std::string> read_refused(const nlohmann::json& body);
/// What a failed request is answered with; ok for any other answer.
[[nodiscard]] Outcome read_failure(const nlohmann::json& body);

}  // namespace qbench::engine
