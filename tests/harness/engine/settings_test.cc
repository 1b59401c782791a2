// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/settings.h"

#include <gtest/gtest.h>

#include <set>

namespace qbench::engine {
namespace {

std::string message_of(const nlohmann::json& object) {
  RunSettings settings;
  try {
    read_options(run_option_table(), settings, object, "settings");
    check_settings(settings);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(SettingsTest, DefaultsAreConsistent) { EXPECT_NO_THROW(check_settings(RunSettings())); }

TEST(SettingsTest, ADelegateHasAMinuteOrMoreToBeMade) { EXPECT_GE(RunSettings().load_timeout_s, 60.0); }

TEST(SettingsTest, EveryNameIsUniqueAndHasHelp) {
  std::set<std::string_view> names;
  for (const auto& option : run_option_table()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_FALSE(option.help.empty()) << option.name;
  }
}

TEST(SettingsTest, WhatIsDumpedReadsBack) {
  RunSettings settings;
  settings.rounds = 33;
  settings.rebatch = false;
  settings.max_seconds = 7.5;
  const nlohmann::json dumped = dump_options(run_option_table(), settings);
  RunSettings again;
  read_options(run_option_table(), again, dumped, "settings");
  EXPECT_EQ(again.rounds, 33);
  EXPECT_FALSE(again.rebatch);
  EXPECT_EQ(again.max_seconds, 7.5);
}

TEST(SettingsTest, AnUnknownKeyNamesTheNearest) {
  EXPECT_NE(message_of({{"roundz", 5}}).find("did you mean 'rounds'"), std::string::npos);
}

TEST(SettingsTest, AWrongTypeIsNamed) {
  EXPECT_NE(message_of({{"rounds", "many"}}).find("'rounds' must be a whole number"), std::string::npos);
  EXPECT_NE(message_of({{"latency", 1}}).find("'latency' must be true or false"), std::string::npos);
}

TEST(SettingsTest, ALimitIsNamed) {
  EXPECT_NE(message_of({{"rounds", 0}}).find("must be between 1 and"), std::string::npos);
}

TEST(SettingsTest, ContradictionsAreRefused) {
  EXPECT_NE(message_of({{"rounds", 5}, {"min_rounds", 6}}).find("min_rounds 6 is above rounds 5"), std::string::npos);
  EXPECT_NE(message_of({{"latency", false}, {"accuracy", false}}).find("nothing would be measured"), std::string::npos);
}

TEST(RunSettingsTest, AWrongRuleIsRefusedBeforeTheRun) {
  RunSettings settings;
  settings.choose = "drop<=0.5pp, min latency";
  EXPECT_NO_THROW(check_settings(settings));
  settings.choose = "drop<=0.5kg";
  EXPECT_THROW(check_settings(settings), Error);
}

TEST(SettingsTest, APinIsAWordOrTheNumberOfACpu) {
  for (const char* pin : {"auto", "none", "0", "63"}) EXPECT_EQ(message_of({{"pin", pin}}), "");
  for (const char* pin : {"", "-1", "cpu1", "0-3", "fastest"}) {
    EXPECT_NE(message_of({{"pin", pin}}).find("must be auto, none or the number of a CPU"), std::string::npos) << pin;
  }
}

}  // namespace
}  // namespace qbench::engine
