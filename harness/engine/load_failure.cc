// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/load_failure.h"

#include <utility>

namespace qbench::engine {
namespace {

bool may_explain(const ModelFacts& facts, const CellPlan& cell) {
  return !facts.needs.empty() && cell.options.delegate.library.empty();
}

std::string with_own_words(const std::string& needs, const std::string& words) {
  return fmt::format("{} (the library: {})", needs, words);
}

}  // namespace

Outcome explained(Outcome outcome, const ModelFacts& facts, const CellPlan& cell) {
  const bool refused = outcome.status == Status::kError || outcome.status == Status::kUnsupported;
  if (!refused || !may_explain(facts, cell)) return outcome;
  outcome.status = Status::kUnsupported;
  outcome.reason = with_own_words(facts.needs, outcome.reason);
  return outcome;
}

Error explained(const Error& error, const ModelFacts& facts, const CellPlan& cell) {
  const ErrorCode code = error.code();
  const bool refused = code == ErrorCode::kModel || code == ErrorCode::kRuntime || code == ErrorCode::kUnsupported;
  if (!refused || !may_explain(facts, cell)) return error;
  return {ErrorCode::kUnsupported, with_own_words(facts.needs, error.what())};
}

}  // namespace qbench::engine
