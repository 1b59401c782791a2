// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/classifier_view.h"
#include "models/graph.h"

namespace qbench::models {

/// Checks that a graph can be the source of variants: sound for a runtime, float32 throughout, one image input and an
/// output of class scores by classifier_view(), no custom or control-flow ops, no fused activation that kernels lack,
/// every float constant finite. Throws Error(kModel), or Error(kUnsupported) for the ops, one line starting with
/// `name`.
void require_float_classifier(const Graph& graph, std::string_view name, const ClassifierHints& hints);
/// With no more than what the graph itself says.
void require_float_classifier(const Graph& graph, std::string_view name);

}  // namespace qbench::models
