// SPDX-License-Identifier: Apache-2.0
#include "tests/core/metrics/fixtures.h"

#include <algorithm>
#include <cmath>
#include <fstream>

#include "core/metrics/distributions.h"

namespace qbench::metrics {

nlohmann::json frozen(const std::string& path) {
  std::ifstream file(QBENCH_METRICS_FIXTURES "/statistics.json");
  return nlohmann::json::parse(file).at(nlohmann::json::json_pointer("/" + path));
}

std::vector<double> doubles(const nlohmann::json& array) { return array.get<std::vector<double>>(); }
std::vector<float> floats(const nlohmann::json& array) { return array.get<std::vector<float>>(); }

void expect_close(double actual, double expected, const std::string& what) {
  EXPECT_NEAR(actual, expected, 1e-9 * std::max(1.0, std::abs(expected))) << what;
}

void expect_close(const Interval& actual, const nlohmann::json& expected, const std::string& what) {
  expect_close(actual.low, expected.at("low").get<double>(), what + " low");
  expect_close(actual.high, expected.at("high").get<double>(), what + " high");
}

double normal_draw(Random& random) {
  double draw = random.unit();
  while (draw == 0.0) draw = random.unit();
  return normal_quantile(draw);
}

double NoisyMachine::advance() {
  wander_ = 0.98 * wander_ + noise_ * normal_draw(random_);
  const double interrupted = random_.unit() < 0.05 ? 0.3 * random_.unit() : 0.0;
  return wander_ + interrupted + 0.5 * noise_ * normal_draw(random_);
}

std::vector<double> interleaved_ratios(NoisyMachine& machine, std::size_t rounds, double effect) {
  std::vector<double> ratios;
  for (std::size_t i = 0; i < rounds; ++i) {
    const bool a_first = machine.random().coin();
    const double first = machine.advance();
    const double second = machine.advance();
    ratios.push_back(effect + (a_first ? second - first : first - second));
  }
  return ratios;
}

}  // namespace qbench::metrics
