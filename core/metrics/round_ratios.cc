// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/round_ratios.h"

#include "core/metrics/descriptive.h"
#include "core/metrics/paired_latency.h"

namespace qbench::metrics {

std::map<int, double> round_medians(const LaneRecord& lane) {
  std::map<int, std::vector<double>> samples;
  for (const BlockRecord& block : lane.blocks) {
    std::vector<double>& round = samples[block.round];
    round.insert(round.end(), block.samples_ns.begin(), block.samples_ns.end());
  }
  std::map<int, double> medians;
  for (const auto& [round, values] : samples) {
    if (values.empty()) continue;
    const double middle = median(values);
    if (middle > 0.0) medians.emplace(round, middle);
  }
  return medians;
}

std::vector<double> round_log_ratios(const LaneRecord& lane, const LaneRecord& baseline) {
  const std::map<int, double> mine = round_medians(lane);
  const std::map<int, double> reference = round_medians(baseline);
  std::vector<double> a;
  std::vector<double> b;
  for (const auto& [round, middle] : mine) {
    const auto found = reference.find(round);
    if (found == reference.end()) continue;
    a.push_back(found->second);
    b.push_back(middle);
  }
  return log_ratios(a, b);
}

}  // namespace qbench::metrics
