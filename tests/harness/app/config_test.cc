// SPDX-License-Identifier: Apache-2.0
#include "harness/app/config.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::app {
namespace {

using nlohmann::json;

engine::Plan plan_of(const json& object) { return plan_from_json(object, "test", "/base"); }

std::string message_of(const json& object) {
  try {
    (void)plan_of(object);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kConfig);
    return error.what();
  }
  return "";
}

TEST(ConfigTest, PathsAreRelativeToTheConfig) {
  const engine::Plan plan = plan_of({{"variants", {"m/a.tflite"}}, {"dataset", "../images"}});
  ASSERT_EQ(plan.cells.size(), 1U);
  EXPECT_EQ(plan.cells[0].model, "/base/m/a.tflite");
  EXPECT_EQ(plan.cells[0].variant, "a");
  EXPECT_EQ(plan.dataset->path, "/images");
}

TEST(ConfigTest, LabelOffsetIsKeptOnlyWhenGiven) {
  const engine::Plan plan = plan_of({{"variants", {"a"}}, {"dataset", {{"path", "images"}, {"label_offset", 1}}}});
  EXPECT_EQ(plan.dataset->label_offset, 1);
  EXPECT_EQ(plan_to_json(plan).at("dataset").at("label_offset"), 1);
  const engine::Plan without = plan_of({{"variants", {"a"}}, {"dataset", "images"}});
  EXPECT_FALSE(without.dataset->label_offset);
  EXPECT_FALSE(plan_to_json(without).at("dataset").contains("label_offset"));
  EXPECT_NE(message_of({{"variants", {"a"}}, {"dataset", {{"label_offset", -1}}}}).find("'label_offset'"),
            std::string::npos);
}

TEST(ConfigTest, GatesAreKeptAsWrittenAndCheckedAtOnce) {
  EXPECT_EQ(plan_of({{"gate", "latency<=+2%,size<=+0%"}}).gate, "latency<=+2%,size<=+0%");
  const engine::Plan plan = plan_of({{"gate", {"latency<=+2%", "size<=+0%"}}});
  EXPECT_EQ(plan.gate, "latency<=+2%,size<=+0%");
  EXPECT_EQ(plan_to_json(plan).at("gate"), plan.gate);
  EXPECT_THROW((void)plan_of({{"gate", "latency>=2%"}}), Error);
}

TEST(ConfigTest, WhatIsSaidOfTensorsHoldsForAllButThoseThatSayOtherwise) {
  const engine::Plan plan = plan_of({{"variants", {"a", {{"model", "b"}, {"output", "age"}, {"image_size", "8x6"}}}},
                                     {"output", "kind"},
                                     {"one_value", "logit"}});
  EXPECT_EQ(plan.cells[0].tensors, (TensorChoice{"kind", std::nullopt, ScoresForm::kLogOdds}));
  EXPECT_EQ(plan.cells[1].tensors, (TensorChoice{"age", ImageSize{8, 6}, ScoresForm::kLogOdds}));
  const engine::Plan again = plan_of(plan_to_json(plan));
  EXPECT_EQ(again.cells[0].tensors, plan.cells[0].tensors);
  EXPECT_EQ(again.cells[1].tensors, plan.cells[1].tensors);
}

TEST(ConfigTest, ASizeIsTwoNumbersAndAValueOneOfTwoWords) {
  for (const char* size : {"28", "28x", "x28", "0x8", "8x8x3", "8 x 8", "-8x8", "99999x1", ""}) {
    EXPECT_NE(message_of({{"image_size", size}}).find("not a height and width like 28x28"), std::string::npos) << size;
  }
  EXPECT_NE(message_of({{"one_value", "score"}}).find("give probability or logit"), std::string::npos);
}

TEST(ConfigTest, ListsOfOptionsMultiply) {
  const engine::Plan plan =
      plan_of({{"variants", {"a", "b"}}, {"runners", {{{"kernels", {"xnnpack", "builtin"}}, {"threads", {1, 2, 4}}}}}});
  EXPECT_EQ(plan.cells.size(), 12U);
  EXPECT_EQ(plan.cells[5].variant, "a");
  EXPECT_EQ(plan.cells[5].options.kernels, runners::Kernels::kBuiltin);
  EXPECT_EQ(plan.cells[5].options.threads, 4);
}

TEST(ConfigTest, AVariantsOwnRunnersWin) {
  const engine::Plan plan = plan_of({{"variants", {{{"model", "a"}, {"runners", {{"library", "libs/x.so"}}}}, "b"}},
                                     {"runners", {{"library", "libplain.so"}}}});
  EXPECT_EQ(plan.cells[0].options.library, "/base/libs/x.so");
  EXPECT_EQ(plan.cells[1].options.library, "libplain.so");
}

TEST(ConfigTest, AnOptionalVariantWithoutAFileIsLeftOut) {
  const engine::Plan plan = plan_of({{"variants", {"a", {{"model", "absent.tflite"}, {"optional", true}}}}});
  EXPECT_EQ(plan.cells.size(), 1U);
}

TEST(ConfigTest, ADelegateHasALibraryAndOptions) {
  const engine::Plan plan = plan_of(
      {{"variants", {"a"}}, {"runners", {{"delegate", {{"library", "d.so"}, {"options", {{"device", "usb:0"}}}}}}}});
  EXPECT_EQ(plan.cells[0].options.delegate.library, "d.so");
  EXPECT_EQ(plan.cells[0].options.delegate.options.at("device"), "usb:0");
}

TEST(ConfigTest, TheRecipeIsDerivedUnlessGiven) {
  EXPECT_FALSE(plan_of({{"variants", {"a"}}}).cells[0].recipe.has_value());
  EXPECT_FALSE(plan_of({{"variants", {"a"}}, {"recipe", "auto"}}).cells[0].recipe.has_value());
  EXPECT_EQ(plan_of({{"variants", {"a"}}, {"recipe", "tf"}}).cells[0].recipe->name, "tf");
}

TEST(ConfigTest, MistakesAreNamedWithThePlace) {
  EXPECT_NE(message_of({{"variant", {"a"}}}).find("unknown key 'variant'; did you mean 'variants'"), std::string::npos);
  EXPECT_NE(message_of({{"variants", {{{"name", "x"}}}}}).find("'model' is missing"), std::string::npos);
  EXPECT_NE(message_of({{"variants", {"a"}}, {"batches", {0}}}).find("between 1 and"), std::string::npos);
  EXPECT_NE(message_of({{"variants", {"a"}}, {"runners", {{"kernels", "xnpack"}}}}).find("did you mean 'xnnpack'"),
            std::string::npos);
  EXPECT_NE(message_of({{"variants", {"a"}}, {"settings", {{"round", 3}}}}).find("did you mean 'rounds'"),
            std::string::npos);
  EXPECT_NE(message_of({{"variants", {"a"}}, {"dataset", {{"limit", -1}}}}).find("'limit'"), std::string::npos);
}

TEST(ConfigTest, TextThatIsNoJsonIsNamed) {
  const testing::TemporaryFolder folder;
  const std::filesystem::path path = folder.path() / "plan.json";
  write_file_atomic(path, "{ not json");
  EXPECT_THROW((void)read_plan_file(path), Error);
  write_file_atomic(path, "[]");
  EXPECT_THROW((void)read_plan_file(path), Error);
  EXPECT_THROW((void)read_plan_file(folder.path() / "absent.json"), Error);
}

TEST(ConfigTest, ABatchSizeAskedForTwiceIsMeasuredOnce) {
  EXPECT_EQ(plan_of({{"variants", {"a"}}, {"batches", {8, 1, 8}}}).batches, (std::vector<int>{8, 1}));
}

TEST(ConfigTest, TheEffectivePlanReadsBackTheSame) {
  const engine::Plan plan =
      plan_of({{"name", "p"},
               {"variants", {"a", {{"model", "b"}, {"recipe", "unit"}}}},
               {"runners", {{{"threads", {1, 2}}, {"delegate", {{"library", "d.so"}, {"options", {{"k", "v"}}}}}}}},
               {"batches", {1, 8}},
               {"dataset", {{"path", "images"}, {"limit", 7}}},
               {"settings", {{"rounds", 12}}}});
  const json dumped = plan_to_json(plan);
  EXPECT_EQ(json(plan_to_json(plan_of(dumped))), dumped);
}

TEST(ConfigTest, EveryConfigOfTheProjectLoads) {
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(QBENCH_CONFIGS)) {
    if (entry.path().extension() != ".json") continue;
    EXPECT_NO_THROW({
      const engine::Plan plan = read_plan_file(entry.path());
      engine::check_settings(plan.settings);
      EXPECT_FALSE(plan.cells.empty());
    }) << entry.path();
    ++seen;
  }
  EXPECT_GE(seen, 3U);
}

}  // namespace
}  // namespace qbench::app
