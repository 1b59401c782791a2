// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/graph.h"
#include "models/validator.h"

namespace qbench::models {

/// One reason why a model is not measured, and the way out. Both are one printable line without a full stop.
struct Obstacle {
  std::string because;
  std::string remedy;
  bool operator==(const Obstacle&) const = default;
};

/// "<because>; <remedy>".
[[nodiscard]] std::string obstacle_text(const Obstacle& obstacle);

/// What the custom ops of a graph need: the Flex delegate, an Edge TPU, an Ethos-U, or somebody who knows them. One
/// entry a kind, whatever their number.
[[nodiscard]] std::vector<Obstacle> custom_op_needs(const Graph& graph);

/// All that the file needs beyond the TensorFlow Lite 2.9 library alone: custom_op_needs(), and ops or versions of ops
/// that came later. A delegate or a newer library may meet them: a reason for a load that failed, not a refusal.
[[nodiscard]] std::vector<Obstacle> runtime_needs(const Graph& graph);

/// Why classifier_view() finds no image classifier in the tensors, or what it must ask; empty when it finds one.
[[nodiscard]] std::vector<Obstacle> classifier_obstacles(const Graph& graph);

/// Whether `qbench run` measures this graph with the library it ships and no delegate: every reason against it, the
/// gravest first; empty: it does. `findings` are those of validate().
[[nodiscard]] std::vector<Obstacle> run_obstacles(const Graph& graph, const std::vector<Finding>& findings);

/// For commands that rewrite a graph or look into it: throws Error(kUnsupported) "<name>: <obstacle>" when it holds a
/// custom op.
void require_plain_ops(const Graph& graph, std::string_view name);

}  // namespace qbench::models
