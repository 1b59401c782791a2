// SPDX-License-Identifier: Apache-2.0
#include "reports/gate_text.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace qbench::reports {
namespace {

using metrics::GateOutcome;

CheckedGate gate(const std::string& text, GateOutcome outcome, std::optional<double> change = {}) {
  CheckedGate checked{"m-candidate",
                      {.gate = metrics::parse_gates(text).front(), .outcome = outcome, .change = change}};
  if (change) checked.result.interval = metrics::Interval{*change - 0.01, *change + 0.01};
  return checked;
}

bool says(const CheckedGate& checked, const std::string& words) {
  return gate_sentence(checked).find(words) != std::string::npos;
}

TEST(GateTextTest, APassShowsItsFigures) {
  EXPECT_EQ(gate_sentence(gate("latency<=+5%", GateOutcome::kPass, 0.02)),
            "latency<=+5%: PASSED: +2.00 % (interval +1.00 to +3.00 %)");
}

TEST(GateTextTest, AccuracyIsInPoints) {
  EXPECT_TRUE(says(gate("top1>=-0.5pp", GateOutcome::kPass, 0.0), "0.00 points (interval -1.00 to +1.00 points)"));
}

TEST(GateTextTest, AMissSaysWhatToDo) {
  EXPECT_TRUE(says(gate("size<=+0%", GateOutcome::kMiss, 0.5), "MISSED"));
  EXPECT_TRUE(says(gate("size<=+0%", GateOutcome::kMiss, 0.5), "take the change back"));
}

TEST(GateTextTest, AMissThatIsConfirmedNamesBothMeasurements) {
  CheckedGate checked = gate("latency<=+5%", GateOutcome::kMiss, 0.5);
  checked.again = gate("latency<=+5%", GateOutcome::kMiss, 0.4).result;
  EXPECT_EQ(checked.outcome(), GateOutcome::kMiss);
  EXPECT_TRUE(says(checked, "+50.00 %"));
  EXPECT_TRUE(says(checked, "measured again in fresh processes: +40.00 %"));
}

TEST(GateTextTest, ASecondMeasurementThatDisagreesLeavesItOpen) {
  for (const GateOutcome second : {GateOutcome::kPass, GateOutcome::kCannotTell}) {
    CheckedGate checked = gate("latency<=+5%", GateOutcome::kMiss, 0.5);
    checked.again = gate("latency<=+5%", second, 0.0).result;
    EXPECT_EQ(checked.outcome(), GateOutcome::kCannotTell);
    EXPECT_TRUE(says(checked, "CANNOT TELL"));
    EXPECT_TRUE(says(checked, "the second measurement does not say so"));
  }
}

TEST(GateTextTest, WhatWasNotMeasuredSaysSo) {
  EXPECT_TRUE(says(gate("rss<=+5%", GateOutcome::kCannotTell), "not measured"));
}

TEST(GateTextTest, TheListForProgramsHoldsBothMeasurements) {
  CheckedGate checked = gate("latency<=+5%", GateOutcome::kMiss, 0.5);
  checked.again = gate("latency<=+5%", GateOutcome::kPass, 0.0).result;
  const std::vector<CheckedGate> gates{checked, gate("rss<=+5%", GateOutcome::kCannotTell)};
  const nlohmann::json json = gates_to_json(gates);
  EXPECT_EQ(json.at(0).at("outcome"), "CANNOT TELL");
  EXPECT_EQ(json.at(0).at("first").at("outcome"), "MISSED");
  EXPECT_EQ(json.at(0).at("again").at("outcome"), "PASSED");
  EXPECT_TRUE(json.at(1).at("first").at("change").is_null());
}

}  // namespace
}  // namespace qbench::reports
