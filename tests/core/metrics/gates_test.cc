// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/gates.h"

#include <cmath>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

GateResult judge(std::string_view gate, const GateMeasurement& measurement) {
  const std::vector<Gate> gates = parse_gates(gate);
  return evaluate_gates(gates, {{gates.front().metric, measurement}}).front();
}

GateMeasurement between(double low, double value, double high, double floor = 0.0) {
  return {.change = {value, Interval{low, high}}, .noise_floor = floor};
}

TEST(GatesTest, ReadsAWholeList) {
  const std::vector<Gate> gates = parse_gates("latency<=+2%,top1>=-0.5pp, size<=+0%,rss<=+10%");
  ASSERT_EQ(gates.size(), 4U);
  EXPECT_EQ(gates[0].metric, GateMetric::kLatency);
  EXPECT_DOUBLE_EQ(gates[0].limit, 0.02);
  EXPECT_EQ(gates[0].text, "latency<=+2%");
  EXPECT_EQ(gates[1].metric, GateMetric::kTop1);
  EXPECT_EQ(gates[1].op, Comparison::Op::kAtLeast);
  EXPECT_DOUBLE_EQ(gates[1].limit, -0.005);
  EXPECT_EQ(gates[2].limit, 0.0);
  EXPECT_DOUBLE_EQ(gates[3].limit, 0.1);
}

TEST(GatesTest, SaysWhatIsWrongAndWhatToWrite) {
  const auto message = [](std::string_view text) { return usage_error([&] { (void)parse_gates(text); }); };
  EXPECT_EQ(message("latancy<=2%"), "--gate 'latancy<=2%': nothing is called 'latancy'; did you mean 'latency'?");
  EXPECT_EQ(message("latency<=2ms"), "--gate 'latency<=2ms': latency is limited in %, write latency<=+2%");
  EXPECT_EQ(message("top1>=-0.5%"), "--gate 'top1>=-0.5%': top1 is limited in pp, write top1>=-0.5pp");
  EXPECT_EQ(message("top1>=-0.5"), "--gate 'top1>=-0.5': top1 is limited in pp, write top1>=-0.5pp");
  EXPECT_EQ(message("latency>=2%"), "--gate 'latency>=2%': less of latency is better, so the gate is latency<=+2%");
  EXPECT_EQ(message("top5<=-1pp"), "--gate 'top5<=-1pp': more of top5 is better, so the gate is top5>=-1pp");
  EXPECT_EQ(message("rss<=1%,rss<=2%"), "--gate 'rss<=1%,rss<=2%': rss is limited twice");
  EXPECT_EQ(message("latency<=2%,"), "--gate 'latency<=2%,': term 2 is empty");
}

TEST(GatesTest, ExactFiguresPassOrMiss) {
  EXPECT_EQ(judge("size<=+0%", {.change = {0.0, {}}}).outcome, GateOutcome::kPass);
  EXPECT_EQ(judge("size<=+0%", {.change = {1e-9, {}}}).outcome, GateOutcome::kMiss);
  EXPECT_EQ(judge("size<+0%", {.change = {0.0, {}}}).outcome, GateOutcome::kMiss);
  EXPECT_EQ(judge("top1>=-0.5pp", {.change = {-0.005, {}}}).outcome, GateOutcome::kPass);
  EXPECT_EQ(judge("top1>=-0.5pp", {.change = {-0.006, {}}}).outcome, GateOutcome::kMiss);
}

TEST(GatesTest, OnlyAClearChangeMisses) {
  EXPECT_EQ(judge("latency<=+2%", between(0.005, 0.01, 0.015)).outcome, GateOutcome::kPass);
  EXPECT_EQ(judge("latency<=+2%", between(0.015, 0.025, 0.035)).outcome, GateOutcome::kCannotTell);
  EXPECT_EQ(judge("latency<=+2%", between(0.021, 0.03, 0.04)).outcome, GateOutcome::kMiss);
  EXPECT_EQ(judge("top1>=-0.5pp", between(-0.02, -0.01, -0.006)).outcome, GateOutcome::kMiss);
  EXPECT_EQ(judge("top1>=-0.5pp", between(-0.02, -0.01, 0.0)).outcome, GateOutcome::kCannotTell);
}

TEST(GatesTest, TheNoiseFloorWidensWhatIsJudged) {
  const GateResult clear = judge("latency<=+2%", between(0.021, 0.025, 0.029, 0.003));
  EXPECT_EQ(clear.outcome, GateOutcome::kMiss);
  const GateResult noisy = judge("latency<=+2%", between(0.021, 0.025, 0.029, 0.01));
  EXPECT_EQ(noisy.outcome, GateOutcome::kCannotTell);
  EXPECT_NEAR(noisy.interval->low, 0.015, 1e-12);
  EXPECT_NEAR(noisy.interval->high, 0.035, 1e-12);
  EXPECT_EQ(noisy.change, 0.025);
}

TEST(GatesTest, MoreNoiseNeverDecidesMore) {
  GateOutcome before = judge("latency<=+2%", between(0.03, 0.03, 0.03)).outcome;
  EXPECT_EQ(before, GateOutcome::kMiss);
  for (double floor = 0.0; floor < 0.03; floor += 0.001) {
    const GateOutcome now = judge("latency<=+2%", between(0.03, 0.03, 0.03, floor)).outcome;
    if (before == GateOutcome::kCannotTell) {
      EXPECT_EQ(now, GateOutcome::kCannotTell);
    }
    EXPECT_NE(now, GateOutcome::kPass);
    before = now;
  }
  EXPECT_EQ(before, GateOutcome::kCannotTell);
}

TEST(GatesTest, WhatWasNotMeasuredCannotBeTold) {
  const std::vector<GateResult> results = evaluate_gates(parse_gates("latency<=2%,top1>=0pp"), {});
  ASSERT_EQ(results.size(), 2U);
  for (const GateResult& result : results) {
    EXPECT_EQ(result.outcome, GateOutcome::kCannotTell);
    EXPECT_FALSE(result.change);
  }
  EXPECT_EQ(results[1].gate.text, "top1>=0pp");
}

TEST(GatesTest, FiguresThatAreNotFiniteAreRefused) {
  usage_error([] { (void)judge("latency<=2%", {.change = {std::nan(""), {}}}); });
  usage_error([] { (void)judge("latency<=2%", {.change = {0.0, {}}, .noise_floor = -0.1}); });
}

TEST(GatesTest, MetricsHaveNames) {
  EXPECT_EQ(gate_metric_name(GateMetric::kLatency64), "latency64");
  EXPECT_EQ(gate_metric_name(GateMetric::kTop5), "top5");
}

}  // namespace
}  // namespace qbench::metrics
