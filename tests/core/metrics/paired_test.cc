// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/paired.h"

#include <cmath>

#include "core/metrics/distributions.h"
#include "tests/core/metrics/fixtures.h"

namespace qbench::metrics {
namespace {

PairedCounts counts_of(const nlohmann::json& row) {
  return {.images = row.at("images"),
          .right_to_wrong = row.at("right_to_wrong"),
          .wrong_to_right = row.at("wrong_to_right")};
}

TEST(PairedTest, EqualsFrozenValues) {
  const nlohmann::json fixture = frozen("paired");
  for (const nlohmann::json& row : fixture.at("counts")) {
    const PairedCounts counts = counts_of(row);
    expect_close(mcnemar_exact_p(counts.right_to_wrong, counts.wrong_to_right), row.at("mcnemar"), row.dump());
    expect_close(drop_interval(counts), row, row.dump());
    expect_close(drop_upper_bound(counts), row.at("upper"), row.dump());
    expect_close(drop_lower_bound(counts), row.at("lower"), row.dump());
  }
  for (const nlohmann::json& row : fixture.at("needed")) {
    EXPECT_EQ(images_needed(row.at("drop"), row.at("flips"), row.at("alpha"), row.at("power")),
              row.at("images").get<std::size_t>())
        << row;
  }
}

TEST(PairedTest, FewestOneWayFlipsForSignificance) {
  EXPECT_GT(mcnemar_exact_p(5, 0), 0.05);
  EXPECT_LT(mcnemar_exact_p(6, 0), 0.05);
  EXPECT_GT(mcnemar_exact_p(7, 0), 0.01);
  EXPECT_LT(mcnemar_exact_p(8, 0), 0.01);
  EXPECT_EQ(mcnemar_exact_p(0, 0), 1.0);
  EXPECT_EQ(mcnemar_exact_p(9, 9), 1.0);
}

TEST(PairedTest, SwappingTheModelsMirrors) {
  for (const nlohmann::json& row : frozen("paired/counts")) {
    const PairedCounts counts = counts_of(row);
    const PairedCounts swapped{counts.images, counts.wrong_to_right, counts.right_to_wrong};
    EXPECT_EQ(counts.drop(), -swapped.drop());
    EXPECT_EQ(counts.flip_rate(), swapped.flip_rate());
    EXPECT_EQ(mcnemar_exact_p(counts.right_to_wrong, counts.wrong_to_right),
              mcnemar_exact_p(swapped.right_to_wrong, swapped.wrong_to_right));
    EXPECT_NEAR(drop_interval(counts).low, -drop_interval(swapped).high, 1e-15);
    EXPECT_NEAR(drop_upper_bound(counts), -drop_lower_bound(swapped), 1e-15);
  }
}

TEST(PairedTest, FlipsAreCountedFromCorrectness) {
  const std::vector<std::uint8_t> a{1, 1, 0, 0, 1, 0};
  const std::vector<std::uint8_t> b{1, 0, 1, 0, 0, 0};
  EXPECT_EQ(count_flips(a, b), (PairedCounts{.images = 6, .right_to_wrong = 2, .wrong_to_right = 1}));
  EXPECT_EQ(count_flips(a, a), (PairedCounts{.images = 6}));
  usage_error([&] { (void)count_flips(a, std::vector<std::uint8_t>{1}); });
}

TEST(PairedTest, PredictionsNameTheImagesThatChanged) {
  const std::vector<int> truth{0, 1, 2, 3, 4, 5};
  const std::vector<int> a{0, 1, 0, 0, 4, 1};
  const std::vector<int> b{0, 2, 2, 1, 4, 1};
  const PredictionComparison comparison = compare_predictions(truth, a, b);
  EXPECT_EQ(comparison.right_to_wrong, (std::vector<std::size_t>{1}));
  EXPECT_EQ(comparison.wrong_to_right, (std::vector<std::size_t>{2}));
  EXPECT_EQ(comparison.wrong_to_wrong, 1U);
  EXPECT_EQ(comparison.agreeing, 3U);
  EXPECT_EQ(comparison.agreement(), 0.5);
  EXPECT_EQ(comparison.counts, (PairedCounts{.images = 6, .right_to_wrong = 1, .wrong_to_right = 1}));
  usage_error([&] { (void)compare_predictions(truth, a, {}); });
}

TEST(PairedTest, PlantedFlipsAreCountedExactly) {
  std::vector<int> truth(1000);
  for (std::size_t i = 0; i < truth.size(); ++i) truth[i] = static_cast<int>(i % 10);
  std::vector<int> b = truth;
  for (std::size_t i = 0; i < 15; ++i) b[i * 7] = (b[i * 7] + 1) % 10;
  const PredictionComparison comparison = compare_predictions(truth, truth, b);
  EXPECT_EQ(comparison.counts.right_to_wrong, 15U);
  EXPECT_NEAR(mcnemar_exact_p(15, 0), 2.0 * std::pow(0.5, 15), 1e-15);
}

TEST(PairedTest, NeededImagesFallWithTheDropAndRiseWithFlips) {
  EXPECT_EQ(images_needed(0.005, 0.01), 3138U);
  EXPECT_EQ(images_needed(0.02, 0.10), 1960U);
  EXPECT_GT(images_needed(0.005, 0.02), images_needed(0.005, 0.01));
  EXPECT_LT(images_needed(0.01, 0.02), images_needed(0.005, 0.02));
  EXPECT_GT(images_needed(0.01, 0.02, 0.01), images_needed(0.01, 0.02, 0.05));
  EXPECT_GT(images_needed(0.01, 0.02, 0.05, 0.9), images_needed(0.01, 0.02, 0.05, 0.8));
  usage_error([] { (void)images_needed(0.02, 0.01); });
  usage_error([] { (void)images_needed(0.0, 0.01); });
  usage_error([] { (void)images_needed(1e-9, 1.0); });
  usage_error([] { (void)images_needed(std::nan(""), 0.1); });
}

TEST(PairedTest, MarginIsAnsweredYesNoOrCannotTell) {
  const MarginVerdict yes = within_margin({.images = 10000, .right_to_wrong = 10, .wrong_to_right = 10}, 0.005);
  EXPECT_EQ(yes.answer, MarginAnswer::kYes);
  EXPECT_LT(yes.upper_bound, 0.005);
  EXPECT_FALSE(yes.more_images);
  const MarginVerdict no = within_margin({.images = 10000, .right_to_wrong = 200, .wrong_to_right = 20}, 0.005);
  EXPECT_EQ(no.answer, MarginAnswer::kNo);
  EXPECT_GE(no.lower_bound, 0.005);
  const MarginVerdict open = within_margin({.images = 2000, .right_to_wrong = 30, .wrong_to_right = 27}, 0.005);
  EXPECT_EQ(open.answer, MarginAnswer::kCannotTell);
  ASSERT_TRUE(open.more_images);
  EXPECT_GT(*open.more_images, 1000U);
}

TEST(PairedTest, TheImagesAskedForSettleTheQuestion) {
  for (const PairedCounts& counts : {PairedCounts{2000, 30, 27}, PairedCounts{1000, 15, 7}, PairedCounts{200, 0, 0}}) {
    const MarginVerdict open = within_margin(counts, 0.005);
    ASSERT_EQ(open.answer, MarginAnswer::kCannotTell);
    const double factor =
        static_cast<double>(counts.images + open.more_images.value()) / static_cast<double>(counts.images);
    const auto scaled = [&](std::size_t flips) {
      return static_cast<std::size_t>(std::lround(static_cast<double>(flips) * factor));
    };
    const PairedCounts more{scaled(counts.images), scaled(counts.right_to_wrong), scaled(counts.wrong_to_right)};
    EXPECT_NE(within_margin(more, 0.005).answer, MarginAnswer::kCannotTell);
  }
}

TEST(PairedTest, ADropEqualToTheMarginIsNeverSettled) {
  const MarginVerdict verdict = within_margin({.images = 1000, .right_to_wrong = 20, .wrong_to_right = 10}, 0.01);
  EXPECT_EQ(verdict.answer, MarginAnswer::kCannotTell);
  EXPECT_FALSE(verdict.more_images);
}

TEST(PairedTest, AnswersToEqualModelsAreRarelyNo) {
  Random random(11);
  int wrong = 0;
  int significant = 0;
  constexpr int kTrials = 2000;
  for (int trial = 0; trial < kTrials; ++trial) {
    const std::size_t flips = random.binomial(2000, 0.02);
    const std::size_t to_wrong = random.binomial(flips, 0.5);
    const PairedCounts counts{2000, to_wrong, flips - to_wrong};
    if (within_margin(counts, 0.005).answer == MarginAnswer::kNo) ++wrong;
    if (mcnemar_exact_p(to_wrong, flips - to_wrong) <= 0.05) ++significant;
  }
  EXPECT_LE(wrong, 4);
  EXPECT_LT(binomial_cdf(significant, kTrials, 0.05), 0.9999);
}

TEST(PairedTest, ContradictingCountsAreRefused) {
  usage_error([] { (void)drop_interval({.images = 0}); });
  EXPECT_EQ(usage_error([] { (void)drop_interval({.images = 3, .right_to_wrong = 2, .wrong_to_right = 2}); }),
            "2 + 2 flips among 3 images");
  usage_error([] { (void)PairedCounts{}.drop(); });
  usage_error([] { (void)within_margin({.images = 5}, 0.0); });
}

TEST(PairedTest, IntervalStaysWithinPossibleDrops) {
  const Interval all_lost = drop_interval({.images = 3, .right_to_wrong = 3}, 0.999);
  EXPECT_LE(all_lost.high, 1.0);
  const Interval all_won = drop_interval({.images = 3, .wrong_to_right = 3}, 0.999);
  EXPECT_GE(all_won.low, -1.0);
}

}  // namespace
}  // namespace qbench::metrics
