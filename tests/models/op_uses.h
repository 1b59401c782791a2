// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <ostream>
#include <vector>

#include "models/graph.h"

namespace qbench::models {

/// A sound graph that uses one op as its first operator.
struct Use {
  const char* name;
  std::function<Graph()> make;
};

/// For every op that the validator has a rule for, at least one (or one of its family).
[[nodiscard]] std::vector<Use> make_uses();

inline void PrintTo(const Use& use, std::ostream* out) { *out << use.name; }

}  // namespace qbench::models
