// SPDX-License-Identifier: Apache-2.0
#include "harness/selftest/noise_profile.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "core/error.h"
#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::selftest {
namespace {

NoiseProfile sample_profile() {
  return {.board = "board-12345678",
          .created_utc = "2026-01-31T12:00:00Z",
          .model = "m.tflite",
          .model_sha256 = "ab",
          .comparisons = 1000,
          .latency_floor = 0.004,
          .load_floor = 0.2,
          .memory_floor = 0.01,
          .detectable_percent = 0.7,
          .figures_json = R"({"margin_percent":1.0})"};
}

class NoiseProfileTest : public ::testing::Test {
 protected:
  void expect_refused(const std::string& text, const std::string& part) {
    write_file_atomic(path_, text);
    try {
      (void)load_profile(path_, "board-12345678");
      FAIL() << "not refused";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(part), std::string::npos) << error.what();
    }
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "state" / "noise.json";
};

TEST_F(NoiseProfileTest, WhatIsSavedIsLoaded) {
  save_profile(sample_profile(), path_);
  const auto profile = load_profile(path_, "board-12345678");
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->comparisons, 1000U);
  EXPECT_DOUBLE_EQ(profile->latency_floor, 0.004);
  EXPECT_DOUBLE_EQ(*profile->detectable_percent, 0.7);
  EXPECT_EQ(profile->figures_json, R"({"margin_percent":1.0})");
}

TEST_F(NoiseProfileTest, NoFileIsNoProfile) { EXPECT_FALSE(load_profile(path_, "board-12345678")); }

TEST_F(NoiseProfileTest, DamagedForeignAndImpossibleFilesAreRefused) {
  save_profile(sample_profile(), path_);
  expect_refused("{", "damaged");
  expect_refused("{}", "damaged");
  NoiseProfile profile = sample_profile();
  profile.board = "other";
  save_profile(profile, path_);
  expect_refused(read_text_file(path_), "is of board 'other'");
  save_profile(sample_profile(), path_);
  std::string text = read_text_file(path_);
  text.replace(text.find("0.004"), 5, "-1.00");
  expect_refused(text, "impossible figures");
}

TEST_F(NoiseProfileTest, AFloorAboveOneIsWhatABusyMachineGives) {
  NoiseProfile profile = sample_profile();
  profile.load_floor = 10.97;
  save_profile(profile, path_);
  EXPECT_DOUBLE_EQ(load_profile(path_, "board-12345678")->load_floor, 10.97);
}

TEST_F(NoiseProfileTest, WhatCouldNotBeLoadedIsNotSaved) {
  NoiseProfile profile = sample_profile();
  profile.latency_floor = -0.5;
  EXPECT_THROW(save_profile(profile, path_), Error);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(NoiseProfileTest, ItLiesInTheStateFolder) {
  ::setenv("XDG_STATE_HOME", folder_.path().c_str(), 1);
  EXPECT_EQ(profile_path("b"), folder_.path() / "qbench" / "noise-b.json");
  EXPECT_FALSE(profile_of("b"));
  ::unsetenv("XDG_STATE_HOME");
}

TEST_F(NoiseProfileTest, GatesOnTimeAndMemoryAreWidened) {
  const reports::NoiseFloors floors = noise_floors(sample_profile());
  EXPECT_DOUBLE_EQ(floors.at(metrics::GateMetric::kLatency), 0.004);
  EXPECT_DOUBLE_EQ(floors.at(metrics::GateMetric::kRss), 0.01);
  EXPECT_FALSE(floors.contains(metrics::GateMetric::kTop1));
  EXPECT_FALSE(floors.contains(metrics::GateMetric::kSize));
}

}  // namespace
}  // namespace qbench::selftest
