// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/classifier_view.h"
#include "models/graph.h"

namespace qbench::models {

/// What the graph says of its outputs (the ops that make them, their names in a signature) and its metadata of the
/// image's size. Never throws: damaged metadata say nothing.
[[nodiscard]] ClassifierHints classifier_hints(const Graph& graph);

/// classifier_view() of the graph's own tensors at batch 1. `hints` are usually classifier_hints() with what else is
/// known. Throws what classifier_view() and tensor_spec() throw.
[[nodiscard]] ClassifierView classifier_view_of(const Graph& graph, const ClassifierHints& hints);

}  // namespace qbench::models
