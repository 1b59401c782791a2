// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <numbers>
#include <vector>

#include "datasets/counter_rng.h"

namespace qbench::datasets {

inline constexpr double kTau = 2.0 * std::numbers::pi;  ///< a whole turn in radians

/// A point in the shape's own frame: the shape fits about the unit circle, y downwards.
struct ShapePoint {
  double x = 0.0;
  double y = 0.0;
};
using Contour = std::vector<ShapePoint>;

/// The outline of class `label` (position in synthetic_class_names()) with random proportions: closed contours with
/// many points on every edge, filled by the even-odd rule (the ring has two). Precondition: 0 <= label < 10.
[[nodiscard]] std::vector<Contour> draw_shape(int label, CounterRng& rng);

/// A small irregular polygon that belongs to no class.
[[nodiscard]] Contour draw_blob(CounterRng& rng);

}  // namespace qbench::datasets
