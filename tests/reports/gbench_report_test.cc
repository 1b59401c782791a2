// SPDX-License-Identifier: Apache-2.0
#include "reports/gbench_report.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

nlohmann::json gbench_json(const Record& record) {
  const Comparison comparison = compare_cells(record);
  return nlohmann::json::parse(gbench_report_text({record, comparison}));
}

/// Entries of one benchmark, of one kind: "iteration" or "aggregate".
std::vector<nlohmann::json> entries(const nlohmann::json& report, const std::string& run_name, const char* run_type) {
  std::vector<nlohmann::json> found;
  for (const auto& entry : report.at("benchmarks")) {
    if (entry.at("run_name") == run_name && entry.at("run_type") == run_type) found.push_back(entry);
  }
  return found;
}

TEST(GbenchReportTest, EveryRoundIsARepetition) {
  const auto report = gbench_json(testing::sample_record());
  const auto rounds = entries(report, "fp32/batch:1/process_time/real_time", "iteration");
  ASSERT_EQ(rounds.size(), 40U);
  EXPECT_EQ(rounds[7].at("name"), "fp32/batch:1/process_time/real_time");
  EXPECT_EQ(rounds[7].at("repetitions"), 40);
  EXPECT_EQ(rounds[7].at("repetition_index"), 7);
  EXPECT_EQ(rounds[7].at("iterations"), 8);
  EXPECT_EQ(rounds[7].at("time_unit"), "ns");
  EXPECT_EQ(entries(report, "fp32/batch:64/process_time/real_time", "iteration").size(), 12U);
}

TEST(GbenchReportTest, RealTimeIsTheMeanOfTheRound) {
  Record record = testing::sample_record();
  record.cells[0].lanes[0].blocks[0].samples_ns = {1000000, 2000000, 6000000};
  const auto round = entries(gbench_json(record), "fp32/batch:1/process_time/real_time", "iteration").at(0);
  EXPECT_DOUBLE_EQ(round.at("real_time"), 3e6);
  EXPECT_DOUBLE_EQ(round.at("cpu_time"), 6e6);
}

TEST(GbenchReportTest, AggregatesFollowTheRepetitions) {
  const auto aggregates =
      entries(gbench_json(testing::sample_record()), "int8/batch:1/process_time/real_time", "aggregate");
  ASSERT_EQ(aggregates.size(), 4U);
  EXPECT_EQ(aggregates[0].at("name"), "int8/batch:1/process_time/real_time_mean");
  EXPECT_EQ(aggregates[1].at("aggregate_name"), "median");
  EXPECT_NEAR(aggregates[1].at("real_time").get<double>(), 2.5e6, 0.2e6);
}

TEST(GbenchReportTest, ContextNamesTheMachine) {
  const auto context = gbench_json(testing::sample_record()).at("context");
  EXPECT_EQ(context.at("host_name"), "board");
  EXPECT_EQ(context.at("num_cpus"), 4);
  EXPECT_EQ(context.at("cpu_scaling_enabled"), true);
  EXPECT_EQ(context.at("caches").at(0).at("num_sharing"), 1);
  EXPECT_EQ(context.at("caches").at(2).at("num_sharing"), 4);
}

TEST(GbenchReportTest, LanesWithoutSamplesAreLeftOut) {
  const auto report = gbench_json(testing::sample_record());
  EXPECT_TRUE(entries(report, "int8/batch:64/process_time/real_time", "iteration").empty());
  EXPECT_TRUE(entries(report, "dynamic/batch:1/process_time/real_time", "iteration").empty());
}

}  // namespace
}  // namespace qbench::reports
