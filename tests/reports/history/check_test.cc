// SPDX-License-Identifier: Apache-2.0
#include "reports/history/check.h"

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "reports/history/check_text.h"
#include "tests/reports/xml_check.h"
#include "tests/support/night_record.h"
#include "tests/support/paths.h"
#include "tests/support/sample_record.h"

namespace qbench::reports::history {
namespace {

using testing::night_run;
using testing::NightPlan;

constexpr std::int64_t kDay = 24 * 3600;

class CheckTest : public ::testing::Test {
 protected:
  /// Adds the next night; plans come without a time.
  AddResult night(NightPlan plan, AddOptions options = {}) {
    plan.seed = ++seed_;
    plan.created += ++night_ * kDay;
    if (options.commit.empty()) options.commit = "commit" + std::to_string(night_);
    return store_.add(night_run(plan), options);
  }
  AddResult confirm(NightPlan plan) {
    plan.seed = ++seed_;
    plan.created += night_ * kDay + 600;
    return store_.add(night_run(plan), {.mode = NightMode::kConfirm});
  }
  void quiet_nights(int count, const NightPlan& plan = {}) {
    for (int i = 0; i < count; ++i) (void)night(plan);
  }
  [[nodiscard]] CheckReport check(const CheckOptions& options = {}) const { return check_history(store_, options); }
  [[nodiscard]] std::string text(const CheckOptions& options = {}) const {
    return check_text(check(options), {.width = 400});
  }
  [[nodiscard]] Store& store() { return store_; }
  static void expect_contains(const std::string& text, std::string_view part) {
    EXPECT_NE(text.find(part), std::string::npos) << "no '" << part << "' in:\n" << text;
  }

 private:
  testing::TemporaryFolder folder_;
  Store store_{folder_.path() / "history.db", OpenMode::kWrite};
  std::uint64_t seed_ = 100;
  std::int64_t night_ = 0;
};

TEST_F(CheckTest, AnEmptyHistoryIsQuiet) {
  const CheckReport report = check();
  EXPECT_TRUE(report.series.empty());
  EXPECT_EQ(report.state(), CheckState::kQuiet);
  expect_contains(text(), "no series to check\nstate: quiet\n");
}

TEST_F(CheckTest, QuietNightsAreOneLineEach) {
  quiet_nights(6, {.models = 2});
  const CheckReport report = check();
  ASSERT_EQ(report.series.size(), 2U);
  EXPECT_EQ(report.state(), CheckState::kQuiet);
  EXPECT_FALSE(report.alarm());
  ASSERT_EQ(report.canaries.size(), 1U);
  EXPECT_EQ(report.canaries[0].nights, 12U);
  EXPECT_EQ(report.canaries[0].alarms, 0U);
  expect_contains(text(), "model1 b1 t1");
  expect_contains(text(), "12 comparisons, 0 alarms");
  expect_contains(text(), "19 of 20 differ by less than 0.");
}

TEST_F(CheckTest, ARegressionIsConfirmedThenAlarmsAndNamesItsCommits) {
  quiet_nights(8);
  (void)night({.slower = 0.03});
  EXPECT_EQ(check().state(), CheckState::kConfirmNeeded);
  EXPECT_FALSE(check().alarm());
  expect_contains(text(), "confirm needed: run again");
  expect_contains(text(), "state: confirm-needed\n");
  (void)confirm({.slower = 0.03});
  const CheckReport report = check();
  EXPECT_EQ(report.state(), CheckState::kAlarm);
  EXPECT_TRUE(report.alarm());
  EXPECT_EQ(report.series[0].changed_in->commit, "commit9");
  EXPECT_EQ(report.series[0].before_change->commit, "commit8");
  expect_contains(text(), "REGRESSION");
  expect_contains(text(), "since night 9 (2026-01-10, commit commit9), not yet in night 8");
  expect_contains(text(), "state: alarm\n");
}

TEST_F(CheckTest, ANightThatIsNotConfirmedIsNoAlarm) {
  quiet_nights(8);
  (void)night({.slower = 0.03});
  (void)confirm({});
  EXPECT_EQ(check().state(), CheckState::kQuiet);
  expect_contains(text(), "no regression");
}

TEST_F(CheckTest, OneModelsAlarmStandsWhileAnotherIsToBeConfirmed) {
  quiet_nights(3, {.models = 1});
  (void)night({.slower = 0.03});
  (void)confirm({.slower = 0.03});
  CheckReport report = check();
  report.series.push_back(report.series[0]);
  report.series[1].judgement.state = SeriesState::kConfirmNeeded;
  EXPECT_EQ(report.state(), CheckState::kConfirmNeeded);
  EXPECT_TRUE(report.alarm());
}

TEST_F(CheckTest, AFasterMachineIsNotTheCode) {
  quiet_nights(10);
  (void)night({.slower = 0.05, .machine = 0.7});
  EXPECT_EQ(check().series[0].judgement.state, SeriesState::kMachineChanged);
  EXPECT_EQ(check().state(), CheckState::kQuiet);
  expect_contains(text(), "the machine changed");
}

TEST_F(CheckTest, AnotherReferenceIsAskedAboutUntilItIsPinned) {
  quiet_nights(3);
  NightPlan plan;
  plan.created += 10 * kDay;
  plan.slower = -0.04;
  StoredRun run = night_run(plan);
  run.record.cells[0].lanes[0].runner.library_sha256 = std::string(64, 'e');
  const AddResult added = store().add(run);
  EXPECT_EQ(check().series[0].judgement.state, SeriesState::kReferenceChanged);
  expect_contains(text(), "qbench history pin --night 4");
  (void)store().pin(added.run, "runtime 2.10");
  EXPECT_EQ(check().series[0].judgement.state, SeriesState::kFaster);
  EXPECT_EQ(check().series[0].judgement.nights, 1U);
}

TEST_F(CheckTest, AnotherBuildOfTheReferenceIsAnotherReference) {
  for (int i = 0; i < 2; ++i) {
    NightPlan plan;
    plan.seed = static_cast<std::uint64_t>(i) + 1;
    plan.created += i * kDay;
    StoredRun run = night_run(plan);
    run.record.workers = {{}, {.path = "ref/qbench-worker", .sha256 = std::string(64, i == 0 ? 'a' : 'b')}};
    run.record.cells[0].worker = "ref/qbench-worker";
    (void)store().add(run);
  }
  EXPECT_EQ(check().series[0].judgement.state, SeriesState::kReferenceChanged);
}

TEST_F(CheckTest, AFailedCandidateIsAnAlarmAnUnsupportedOneIsNot) {
  quiet_nights(2);
  for (const auto& [status, alarm] : {std::pair(Status::kCrashed, true), {Status::kUnsupported, false}}) {
    NightPlan plan;
    plan.seed = status == Status::kCrashed ? 900 : 901;
    plan.created += (alarm ? 20 : 21) * kDay;
    StoredRun run = night_run(plan);
    run.record.cells[2].lanes[0].outcome = {status, "why it ended", "load", 0, {}};
    (void)store().add(run);
    EXPECT_EQ(check().series[0].judgement.state, SeriesState::kNotMeasured);
    EXPECT_EQ(check().alarm(), alarm);
    expect_contains(text(), "why it ended");
  }
}

TEST_F(CheckTest, ChangedAnswersAreNamedAndJudged) {
  quiet_nights(3, {.images = 1000});
  EXPECT_FALSE(check().series[0].accuracy);
  (void)night({.images = 1000, .candidate_errors = 3});
  CheckReport report = check();
  ASSERT_TRUE(report.series[0].accuracy);
  EXPECT_EQ(report.series[0].accuracy->paired->right_to_wrong, 3);
  EXPECT_FALSE(report.alarm());  // three images may be chance
  expect_contains(text(), "answers differ from the reference since night 4: 3 of 1000 images changed");
  (void)night({.images = 1000, .candidate_errors = 30});
  report = check();
  EXPECT_TRUE(report.series[0].accuracy->worse());
  EXPECT_TRUE(report.alarm());
  EXPECT_EQ(report.series[0].accuracy->since, 5);
  (void)night({.images = 1000, .candidate_errors = 30});
  EXPECT_EQ(check().series[0].accuracy->since, 5);
  expect_contains(text(), "less accurate beyond chance");
}

TEST_F(CheckTest, AnswersAreComparedOnceForAllBatches) {
  (void)night({.batches = 2, .images = 100, .candidate_errors = 2});
  const CheckReport report = check();
  ASSERT_EQ(report.series.size(), 2U);
  EXPECT_TRUE(report.series[0].accuracy);
  EXPECT_FALSE(report.series[1].accuracy);
}

TEST_F(CheckTest, AMissedLatencyGateIsConfirmedFirst) {
  const CheckOptions options{.gates = metrics::parse_gates("latency<=+0.2%")};
  quiet_nights(3);
  (void)night({.rounds = 80, .slower = 0.009, .noise = 0.001});  // below what alarms by itself
  CheckReport report = check(options);
  ASSERT_EQ(report.series[0].gates.size(), 1U);
  EXPECT_EQ(report.series[0].gates[0].state, GateState::kConfirmNeeded);
  EXPECT_EQ(report.state(), CheckState::kConfirmNeeded);
  (void)confirm({.rounds = 80, .slower = 0.009, .noise = 0.001});
  report = check(options);
  EXPECT_EQ(report.series[0].gates[0].state, GateState::kMiss);
  EXPECT_TRUE(report.alarm());
  expect_contains(text(options), "gate latency<=+0.2%: miss");
  EXPECT_FALSE(check().alarm());  // without the gate it is quiet
}

TEST_F(CheckTest, AnExactGateNeedsNoSecondRun) {
  NightPlan plan;
  StoredRun run = night_run(plan);
  run.record.cells[2].model.bytes *= 2;
  (void)store().add(run);
  const CheckReport report = check({.gates = metrics::parse_gates("size<=+0%")});
  EXPECT_EQ(report.series[0].gates[0].state, GateState::kMiss);
  EXPECT_TRUE(report.alarm());
}

TEST_F(CheckTest, TheBoardsOwnCanaryIsTheGatesNoiseFloor) {
  const CheckOptions options{.gates = metrics::parse_gates("latency<=+0.5%")};
  quiet_nights(12, {.between = 0.05});  // the reference differs from itself by some percent
  (void)night({.slower = 0.008});
  EXPECT_EQ(check(options).series[0].gates[0].state, GateState::kCannotTell);
}

TEST_F(CheckTest, TheBoardsSelfTestIsANoiseFloorAsWell) {
  StoredRun run = night_run({});
  run.record.cells[2].lanes[0].memory.peak_steady *= 2;
  (void)store().add(run);
  CheckOptions options{.gates = metrics::parse_gates("rss<=+10%")};
  EXPECT_EQ(check(options).series[0].gates[0].state, GateState::kConfirmNeeded);
  options.board_floors = [](const std::string&) { return NoiseFloors{{metrics::GateMetric::kRss, 2.0}}; };
  EXPECT_EQ(check(options).series[0].gates[0].state, GateState::kCannotTell);
}

TEST_F(CheckTest, ACanaryThatAlarmsIsReported) {
  quiet_nights(30, {.between = 0.05});
  const CheckReport report = check();
  EXPECT_GT(report.canaries[0].alarms, 10U);
  EXPECT_LT(report.canaries[0].uniform->p_value, 0.001);
  EXPECT_GT(report.canaries[0].usual_difference, 0.05);
  expect_contains(text(), "p-values not uniform");
  expect_contains(text(), "TOO RESTLESS");
}

TEST_F(CheckTest, OrdinaryRunsAreCheckedAgainstTheirUsualRatio) {
  for (int i = 0; i < 8; ++i) {
    NightPlan plan;
    plan.seed = static_cast<std::uint64_t>(i) + 1;
    plan.created += i * kDay;
    plan.slower = i == 7 ? -0.37 : -0.4;  // int8 is 40 % faster than fp32, then only 37 %
    StoredRun run = night_run(plan);
    run.record.cells.erase(run.record.cells.begin() + 1);
    for (CellRecord& cell : run.record.cells) {
      cell.variant = cell.side == "reference" ? "fp32" : "int8";
      cell.side.clear();
    }
    (void)store().add(run);
  }
  const CheckReport report = check();
  ASSERT_EQ(report.series.size(), 1U);
  EXPECT_EQ(report.series[0].series.name(), "int8 vs fp32 b1 t1");
  EXPECT_EQ(report.state(), CheckState::kConfirmNeeded);
  EXPECT_NEAR(std::expm1(*report.series[0].judgement.estimate), 0.05, 0.01);
}

TEST_F(CheckTest, SeriesThatEndedAreLeftOutAndNamed) {
  quiet_nights(2, {.models = 2});
  for (int i = 0; i < 20; ++i) (void)night({.models = 1, .rounds = 10});
  const CheckReport report = check();
  EXPECT_EQ(report.series.size(), 1U);
  ASSERT_EQ(report.old.size(), 2U);
  expect_contains(text(), "left out: 2 series");
  EXPECT_EQ(check({.most_age_days = 100}).series.size(), 2U);
}

TEST_F(CheckTest, TheFilterPicksSeries) {
  (void)night({.models = 2});
  EXPECT_EQ(check({.filter = {.series = "model1"}}).series.size(), 1U);
  EXPECT_TRUE(check({.filter = {.board = "no such board"}}).series.empty());
}

TEST_F(CheckTest, JsonSaysTheSame) {
  quiet_nights(4);
  (void)night({.slower = 0.03});
  const nlohmann::ordered_json json = check_json(check());
  EXPECT_EQ(json.at("state"), "confirm-needed");
  EXPECT_EQ(json.at("alarm"), false);
  const auto& series = json.at("series").at(0);
  EXPECT_EQ(series.at("state"), "confirm needed");
  EXPECT_NEAR(series.at("change").get<double>(), 0.03, 0.005);
  EXPECT_EQ(series.at("changed_in").at("commit"), "commit5");
  EXPECT_EQ(json.at("canaries").at(0).at("comparisons"), 5);
}

TEST_F(CheckTest, JUnitFailsForAlarmsAndMissedGates) {
  const CheckOptions options{.gates = metrics::parse_gates("latency<=+1%,size<=+0%")};
  quiet_nights(4);
  (void)night({.slower = 0.05});
  std::string xml = check_junit(check(options));
  EXPECT_EQ(testing::xml_fault(xml), "");
  EXPECT_EQ(xml.find("<failure"), std::string::npos) << xml;
  expect_contains(xml, "<skipped");
  (void)confirm({.slower = 0.05});
  xml = check_junit(check(options));
  EXPECT_EQ(testing::xml_fault(xml), "");
  expect_contains(xml, "<failure type=\"slower\"");
  expect_contains(xml, "name=\"model0 b1 t1: latency&lt;=+1%\"");
  expect_contains(xml, "<testsuite name=\"qbench.history.gates\" tests=\"2\" failures=\"1\"");
}

TEST_F(CheckTest, HostileNamesStayOnTheirLine) {
  NightPlan plan;
  StoredRun run = night_run(plan);
  for (CellRecord& cell : run.record.cells) cell.variant = testing::hostile_name();
  (void)store().add(run);
  const std::string out = text();
  EXPECT_EQ(out.find('\x1b'), std::string::npos);
  EXPECT_EQ(out.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_EQ(testing::xml_fault(check_junit(check())), "");
}

}  // namespace
}  // namespace qbench::reports::history
