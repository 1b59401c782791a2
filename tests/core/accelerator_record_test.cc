// SPDX-License-Identifier: Apache-2.0
#include "core/accelerator_record.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/record.h"

namespace qbench {
namespace {

TEST(AcceleratorRecordTest, SurvivesJsonAndBack) {
  const AcceleratorRecord record{.family = "coral",
                                 .name = "Coral USB Accelerator",
                                 .runtime = "BuildLabel(x)",
                                 .runtime_sha256 = std::string(64, 'a'),
                                 .before = AcceleratorLook{"uninitialised", "1a6e:089a", "2-1", 5000.0},
                                 .after = AcceleratorLook{"ready", "18d1:9302", "2-1", std::nullopt},
                                 .problem = "",
                                 .lost = false,
                                 .warnings = {"slow link"}};
  EXPECT_EQ(nlohmann::json(record).get<AcceleratorRecord>(), record);
}

TEST(AcceleratorRecordTest, CompilationSurvivesJsonAndBack) {
  const CompilationRecord record{"net.log", "v16", 30, 2, {{"SOFTMAX", 2, "not supported"}}};
  EXPECT_EQ(nlohmann::json(record).get<CompilationRecord>(), record);
}

TEST(AcceleratorRecordTest, LaneAndModelOfAnOlderRecordHaveNone) {
  EXPECT_EQ(nlohmann::json::parse(R"({"batch": 1})").get<LaneRecord>().accelerator, std::nullopt);
  LaneRecord lane;
  lane.accelerator = AcceleratorRecord{.family = "coral"};
  EXPECT_EQ(nlohmann::json(lane).get<LaneRecord>().accelerator, lane.accelerator);
}

TEST(AcceleratorRecordTest, WrongTypeNamesItsKey) {
  try {
    (void)nlohmann::json::parse(R"({"before": {"port": 3}})").get<AcceleratorRecord>();
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("accelerator.before.port"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace qbench
