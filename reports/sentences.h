// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/comparison.h"

namespace qbench::reports {

// The words that the console, Markdown and HTML reports share, so that all three say the same thing. Plain text:
// variant names in it are as they came, the caller makes them safe for its own kind of file.

/// The smallest and the largest batch that any cell was asked for; 0 when there is no lane.
struct Batches {
  int low = 0;
  int high = 0;
};
[[nodiscard]] Batches batches_of(const Comparison& comparison) noexcept;

// A figure with its interval: ± where both halves are the same at the digits shown, else the interval itself.

/// "76.40 ±1.86" or "97.70 (96.94–98.27)": top-1 in percent; "" without images.
[[nodiscard]] std::string top1_text(const AccuracyColumns& accuracy);
/// "0.2004 ±0.3%" or "0.2004 (0.1998–0.2031)"; without the part after the number when there are too few blocks.
[[nodiscard]] std::string p50_text(const LatencyColumns& latency);
/// "1.43x ±0.4%" or "1.43x (1.425–1.441)", from the paired rounds where there are any.
[[nodiscard]] std::string speed_up_text(const SpeedUp& speed_up);
/// "+0.25", "-1.10", "0.00".
[[nodiscard]] std::string points_text(double points);
/// "0.26x" with three significant digits.
[[nodiscard]] std::string ratio_text(double ratio);

/// What one cell costs and buys beside the baseline, one sentence for each batch, one for each cause of slowness and
/// one for accuracy; empty for the baseline itself.
[[nodiscard]] std::vector<std::string> verdict_sentences(const CellComparison& cell, const Comparison& comparison);

/// The trade-off and the choice: who is on the front, who is beaten by whom, what the rule picks. Empty when there is
/// nothing to weigh.
[[nodiscard]] std::vector<std::string> tradeoff_sentences(const Comparison& comparison);

struct Problem {
  std::string label;
  std::string text;  ///< "batch 64 unsupported: ..."
  Status status = Status::kOk;
};
/// Everything in the cells that did not end ok, in the cells' order.
[[nodiscard]] std::vector<Problem> problems_of(const Comparison& comparison);

}  // namespace qbench::reports
