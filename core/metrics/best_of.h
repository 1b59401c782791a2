// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>

namespace qbench::metrics {

/// How sure one must be that a candidate is worse than the best before it is given up (two-sided p of McNemar's exact
/// test on the same images). Looks are repeated as images are added, so it is well below the usual levels; a wrong
/// choice needs the worse of two candidates to be ahead by that much.
inline constexpr double kWorseLevel = 0.005;

/// True when `a` is right clearly more often than `b` on the same images.
[[nodiscard]] bool clearly_better(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b,
                                  double level = kWorseLevel);

/// True when `a` is larger than `b` on clearly more of the images than it is smaller (sign test; equal ones tell
/// nothing, and neither do those where one is NaN). Where nearly all are right, how sure a model is of the right class
/// tells two candidates apart long before the few errors do; but only candidates of one scale may be compared so,
/// because a wrong scale makes a model sure of whatever it says. Throws Error(kUsage) when the lengths differ.
[[nodiscard]] bool clearly_higher(std::span<const float> a, std::span<const float> b, double level = kWorseLevel);

}  // namespace qbench::metrics
