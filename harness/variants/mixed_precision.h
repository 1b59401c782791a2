// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/metrics/paired.h"
#include "harness/variants/accuracy.h"
#include "harness/variants/layer_errors.h"
#include "harness/variants/make_variant.h"

namespace qbench::variants {

/// What keeping ops in float costs and gives.
struct MixedStep {
  std::set<std::size_t> keep_float;
  Accuracy accuracy;
  std::size_t bytes = 0;
  metrics::PairedCounts against_float;                                               ///< the float model is A
  [[nodiscard]] double drop_points() const { return 100.0 * against_float.drop(); }  ///< float model's top-1 minus this
};

struct MixedResult {
  Variant variant;
  MixedStep start;  ///< nothing kept beyond what was asked
  MixedStep chosen;
  std::size_t measured = 0;  ///< variants that were run
  bool reached = false;      ///< the drop seen is within the limit
  /// What the images prove of that for new images, as a run judges a margin; absent for a limit of 0.
  std::optional<metrics::MarginVerdict> verdict;
};

/// Makes one variant after the other, each with one more op in float in the order of `order` (operators of the
/// float graph), until top-1 on the images is at most `max_drop` points below the float model's; then takes back each
/// op that turns out not to be needed. Every step is measured. It is the drop seen on these images that is held to the
/// limit: an interval's end would keep nearly everything in float on the few images that calibration takes.
[[nodiscard]] MixedResult keep_within_drop(const models::Graph& graph, const VariantKind& kind,
                                           const models::ActivationStatistics& statistics, VariantOptions options,
                                           const std::vector<std::size_t>& order, double max_drop,
                                           const std::function<Accuracy(const models::Bytes& model)>& measure,
                                           const Accuracy& float_accuracy);

}  // namespace qbench::variants
