// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "harness/variants/accuracy.h"
#include "harness/variants/layer_errors.h"
#include "harness/variants/make_variant.h"

namespace qbench::variants {

/// What keeping ops in float costs and gives.
struct MixedStep {
  std::set<std::size_t> keep_float;
  Accuracy accuracy;
  std::size_t bytes = 0;
  double drop_points = 0.0;  ///< float model's top-1 minus this one's
};

struct MixedResult {
  Variant variant;
  MixedStep start;  ///< nothing kept beyond what was asked
  MixedStep chosen;
  std::size_t measured = 0;  ///< variants that were run
  bool reached = false;      ///< the drop is within the limit
};

/// Makes one integer variant after the other, each with one more op in float in the order of `order` (operators of the
/// float graph), until top-1 on the images is at most `max_drop` points below the float model's; then takes back each
/// op that turns out not to be needed. Every step is measured.
[[nodiscard]] MixedResult keep_within_drop(const models::Graph& graph, const VariantKind& kind,
                                           const models::ActivationStatistics& statistics, VariantOptions options,
                                           const std::vector<std::size_t>& order, double max_drop,
                                           const std::function<Accuracy(const models::Bytes& model)>& measure,
                                           const Accuracy& float_accuracy);

}  // namespace qbench::variants
