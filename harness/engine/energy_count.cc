// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/energy_count.h"

#include <fmt/format.h>

#include <array>

namespace qbench::engine {
namespace {

constexpr double kShortestCounted = 0.020;
constexpr double kShortestPowered = 0.500;

}  // namespace

void EnergyCount::add(const EnergySupport& support, const BoardSample& before, const BoardSample& after, double seconds,
                      std::int64_t images) {
  const std::array<BoardSample, 2> ends{before, after};
  sum_ = energy_over(support, ends);
  ++blocks_;
  failed_ = failed_ || !sum_.joules;
  if (failed_) return;
  joules_ += *sum_.joules;
  seconds_ += seconds;
  images_ += images;
}

EnergyUse EnergyCount::per_image(const EnergySupport& support) const {
  EnergyUse use = energy_over(support, {});  // the meter's name, or why there is none
  if (support.meters.empty()) return use;
  if (blocks_ == 0) {
    use.reason = "no block was measured";
  } else if (failed_ || images_ == 0) {
    use.reason = fmt::format("{} gave no reading", use.meter);
  } else if (const double shortest = use.estimated ? kShortestPowered : kShortestCounted;
             seconds_ / blocks_ < shortest) {
    use.reason = fmt::format("blocks of {:.1f} ms are too short for {}, which needs {:.0f} ms; see --sustain",
                             1e3 * seconds_ / blocks_, use.meter, 1e3 * shortest);
  } else {
    use.reason.clear();
    use.joules = joules_ / static_cast<double>(images_);
  }
  return use;
}

}  // namespace qbench::engine
