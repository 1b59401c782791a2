// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "harness/variants/image_set.h"
#include "models/graph.h"

namespace qbench::variants {

/// The graph with what its metadata does not say yet and the images do: the normalization, when it is known and not
/// assumed, and the class names, when there is one for each output and no other order is as likely. What the metadata
/// says already stays.
[[nodiscard]] models::Graph described(const models::Graph& graph, const ImageSet& images);

}  // namespace qbench::variants
