// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/variants/variant_kind.h"
#include "models/graph.h"
#include "models/quantize/activation_statistics.h"
#include "models/quantize/graph_io.h"

namespace qbench::variants {

struct VariantOptions {
  std::optional<models::GraphIo> io;  ///< absent: int8 for int8, float32 for int16x8
  bool correct_bias = true;
  bool strict = false;
  std::set<std::size_t> keep_float;  ///< operators of the float graph
};

struct Variant {
  models::Graph graph;
  std::vector<std::string> notes;
  std::string nothing_done;  ///< why the graph is the float one again, one line; empty: it is not
};

/// Makes one variant of a float classifier and checks that it is the same network. `statistics` are read by those that
/// need calibration; of dynamic and weight-only they correct the biases where there are any. The metadata's value range
/// follows a uint8 input. Throws what the maker throws.
[[nodiscard]] Variant make_variant(const models::Graph& graph, const VariantKind& kind,
                                   const models::ActivationStatistics& statistics, const VariantOptions& options);

/// "float32", "int8", "uint8". Throws Error(kUsage) for anything else.
[[nodiscard]] models::GraphIo io_type(const std::string& name);

}  // namespace qbench::variants
