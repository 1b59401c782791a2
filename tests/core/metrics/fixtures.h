// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/metrics/intervals.h"
#include "core/metrics/random.h"

namespace qbench::metrics {

/// A section of fixtures/statistics.json ("paired", "paired/counts"): values frozen from SciPy and NumPy by
/// scripts/make_statistics_fixtures.py.
nlohmann::json frozen(const std::string& path);

std::vector<double> doubles(const nlohmann::json& array);
std::vector<float> floats(const nlohmann::json& array);

/// Within 1e-9, relative for values above 1.
void expect_close(double actual, double expected, const std::string& what = "");
void expect_close(const Interval& actual, const nlohmann::json& expected, const std::string& what = "");

/// The message of the Error(kUsage) that `call` throws; fails the test when it throws nothing or another code.
template <typename Call>
std::string usage_error(Call&& call) {
  try {
    call();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << error.what();
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

/// A standard normal draw.
double normal_draw(Random& random);

/// A machine that drifts, remembers its last moments and is now and then interrupted: what block medians look like on
/// a shared board. advance() gives ln(slowness) of the next block.
class NoisyMachine {
 public:
  explicit NoisyMachine(std::uint64_t seed, double noise = 0.004) : random_(seed), noise_(noise) {}
  double advance();
  Random& random() { return random_; }

 private:
  Random random_;
  double noise_;
  double wander_ = 0.0;
};

/// ln(B / A) of `rounds` rounds with the order drawn inside each, B slower by `effect` (a logarithm).
std::vector<double> interleaved_ratios(NoisyMachine& machine, std::size_t rounds, double effect);

}  // namespace qbench::metrics
