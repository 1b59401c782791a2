// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/choose.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

using testing::ElementsAre;

Qualities variant(double drop, double megabytes, double milliseconds) {
  return {{Quality::kDrop, {drop, {}}},
          {Quality::kSize, {megabytes * 1e6, {}}},
          {Quality::kLatency, {milliseconds * 1e-3, {}}}};
}

Choice pick(std::string_view rule, const std::vector<Qualities>& candidates) {
  return choose(parse_choice(rule), candidates);
}

TEST(ChooseTest, ReadsConstraintsUnitsAndObjective) {
  const ChoiceRule rule = parse_choice("drop<=0.5pp, size<=1MB, speedup>=1.5x, top1>90%, min latency");
  ASSERT_EQ(rule.constraints.size(), 4U);
  EXPECT_EQ(rule.constraints[0].quality, Quality::kDrop);
  EXPECT_DOUBLE_EQ(rule.constraints[0].limit, 0.005);
  EXPECT_DOUBLE_EQ(rule.constraints[1].limit, 1e6);
  EXPECT_EQ(rule.constraints[1].text, "size<=1MB");
  EXPECT_DOUBLE_EQ(rule.constraints[2].limit, 1.5);
  EXPECT_EQ(rule.constraints[3].op, Comparison::Op::kGreater);
  EXPECT_DOUBLE_EQ(rule.constraints[3].limit, 0.9);
  EXPECT_EQ(rule.objective, Quality::kLatency);
  EXPECT_TRUE(rule.minimize);
  EXPECT_FALSE(parse_choice("max  top1").minimize);
  EXPECT_DOUBLE_EQ(parse_choice("latency<=250us, min size").constraints[0].limit, 250e-6);
  EXPECT_DOUBLE_EQ(parse_choice("rss<=2MiB, min size").constraints[0].limit, 2097152.0);
}

TEST(ChooseTest, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) { return usage_error([&] { (void)parse_choice(text); }); };
  EXPECT_EQ(message("drop<=0.5pp"),
            "--choose 'drop<=0.5pp': say what decides, for example 'min latency' or 'max top1'");
  EXPECT_EQ(message("min latancy"), "--choose 'min latancy': nothing is called 'latancy'; did you mean 'latency'?");
  EXPECT_EQ(message("drpo<=1pp, min size"), "--choose 'drpo<=1pp': nothing is called 'drpo'; did you mean 'drop'?");
  EXPECT_EQ(message("drop<=0.5%, min size"), "--choose 'drop<=0.5%': drop needs a unit of pp, not '%'");
  EXPECT_EQ(message("latency<=5, min size"), "--choose 'latency<=5': latency needs a unit of ns, us, ms, s, not ''");
  EXPECT_EQ(message("min size, max top1"), "--choose 'min size, max top1': only one min or max can decide");
  EXPECT_EQ(message("min"), "--choose 'min': one of <=, <, >= or > is needed between a name and a number");
  EXPECT_EQ(message("minimum size"),
            "--choose 'minimum size': one of <=, <, >= or > is needed between a name and a number");
}

TEST(ChooseTest, TakesTheBestThatQualifies) {
  const Choice choice =
      pick("drop<=0.5pp, size<=1MB, min latency",
           {variant(0.0, 4.0, 1.0), variant(0.002, 0.9, 0.8), variant(0.004, 0.8, 0.5), variant(0.02, 0.8, 0.2)});
  EXPECT_EQ(choice.chosen, 2U);
  EXPECT_EQ(choice.chosen_proven, 2U);
  EXPECT_FALSE(choice.nearest);
  EXPECT_THAT(choice.checks[0].states, ElementsAre(ConstraintState::kProven, ConstraintState::kMissed));
  EXPECT_THAT(choice.checks[3].states, ElementsAre(ConstraintState::kMissed, ConstraintState::kProven));
  EXPECT_FALSE(choice.checks[3].qualifies);
}

TEST(ChooseTest, NamesTheNearestWhenNoneQualifies) {
  const Choice choice = pick("drop<=0.5pp, size<=1MB, min latency", {variant(0.0, 4.0, 1.0), variant(0.006, 0.9, 0.5)});
  EXPECT_FALSE(choice.chosen);
  EXPECT_EQ(choice.nearest, 1U) << "20 % over one limit is nearer than 300 % over the other";
  EXPECT_THAT(choice.checks[1].states, ElementsAre(ConstraintState::kMissed, ConstraintState::kProven));
}

TEST(ChooseTest, ALimitOfZeroHasADistanceToo) {
  const Choice choice = pick("drop<=0pp, min latency", {variant(0.03, 1.0, 1.0), variant(0.01, 1.0, 2.0)});
  EXPECT_EQ(choice.nearest, 1U);
}

TEST(ChooseTest, SeparatesWhatIsProvenFromWhatOnlyLooksSo) {
  Qualities certain = variant(0.001, 1.0, 1.0);
  certain[Quality::kDrop].interval = Interval{-0.002, 0.004};
  Qualities hopeful = variant(0.003, 1.0, 0.5);
  hopeful[Quality::kDrop].interval = Interval{-0.002, 0.008};
  const Choice choice = pick("drop<=0.5pp, min latency", {certain, hopeful});
  EXPECT_EQ(choice.chosen, 1U);
  EXPECT_EQ(choice.chosen_proven, 0U);
  EXPECT_THAT(choice.checks[1].states, ElementsAre(ConstraintState::kMet));
  EXPECT_TRUE(choice.checks[1].qualifies);
  EXPECT_FALSE(choice.checks[1].proven);
}

TEST(ChooseTest, WhatWasNotMeasuredDoesNotQualify) {
  Qualities without_accuracy{{Quality::kLatency, {0.1, {}}}};
  Qualities without_latency{{Quality::kDrop, {0.0, {}}}};
  const Choice choice = pick("drop<=0.5pp, min latency", {without_accuracy, without_latency});
  EXPECT_FALSE(choice.chosen);
  EXPECT_FALSE(choice.nearest);
  EXPECT_THAT(choice.checks[0].states, ElementsAre(ConstraintState::kNotMeasured));
  EXPECT_FALSE(choice.checks[1].qualifies);
}

TEST(ChooseTest, TiesGoToTheFirst) {
  EXPECT_EQ(pick("min latency", {variant(0.0, 1.0, 2.0), variant(0.0, 1.0, 1.0), variant(0.0, 1.0, 1.0)}).chosen, 1U);
  EXPECT_EQ(pick("max size", {variant(0.0, 3.0, 2.0), variant(0.0, 3.0, 1.0)}).chosen, 0U);
}

TEST(ChooseTest, NobodyToChooseFrom) {
  const Choice choice = pick("min latency", {});
  EXPECT_FALSE(choice.chosen);
  EXPECT_FALSE(choice.nearest);
}

TEST(ChooseTest, FiguresThatAreNotFiniteAreRefused) {
  usage_error([] { (void)pick("min latency", {variant(0.0, 1.0, std::nan(""))}); });
}

}  // namespace
}  // namespace qbench::metrics
