// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/mixed_precision.h"

#include <utility>

#include "models/tflite_writer.h"

namespace qbench::variants {

MixedResult keep_within_drop(const models::Graph& graph, const VariantKind& kind,
                             const models::ActivationStatistics& statistics, VariantOptions options,
                             const std::vector<std::size_t>& order, double max_drop,
                             const std::function<Accuracy(const models::Bytes& model)>& measure,
                             const Accuracy& float_accuracy) {
  MixedResult result;
  const auto attempt = [&](const std::set<std::size_t>& keep_float) {
    options.keep_float = keep_float;
    Variant variant = make_variant(graph, kind, statistics, options);
    const models::Bytes bytes = models::write_tflite(variant.graph);
    MixedStep step{.keep_float = keep_float, .accuracy = measure(bytes), .bytes = bytes.size()};
    step.against_float = metrics::count_flips(float_accuracy.is_right, step.accuracy.is_right);
    ++result.measured;
    return std::pair{std::move(variant), std::move(step)};
  };
  const auto fits = [max_drop](const MixedStep& step) { return step.drop_points() <= max_drop; };
  const auto take = [&result](std::pair<Variant, MixedStep> made) {
    result.variant = std::move(made.first);
    result.chosen = std::move(made.second);
  };

  const std::set<std::size_t> asked = options.keep_float;
  take(attempt(asked));
  result.start = result.chosen;
  std::vector<std::size_t> added;
  for (std::size_t next = 0; next < order.size() && !fits(result.chosen); ++next) {
    if (asked.contains(order[next])) continue;
    std::set<std::size_t> keep_float = result.chosen.keep_float;
    keep_float.insert(order[next]);
    added.push_back(order[next]);
    take(attempt(keep_float));
  }
  result.reached = fits(result.chosen);
  // The last one was needed; one before it may not be.
  for (std::size_t i = 0; result.reached && i + 1 < added.size(); ++i) {
    std::set<std::size_t> fewer = result.chosen.keep_float;
    fewer.erase(added[i]);
    auto made = attempt(fewer);
    if (fits(made.second)) take(std::move(made));
  }
  const double margin = max_drop / 100.0;
  if (margin > 0.0 && margin < 1.0) result.verdict = metrics::within_margin(result.chosen.against_float, margin);
  return result;
}

}  // namespace qbench::variants
