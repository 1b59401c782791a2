// SPDX-License-Identifier: Apache-2.0
#include "reports/history/run_codec.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"
#include "tests/support/night_record.h"
#include "tests/support/sample_record.h"

namespace qbench::reports::history {
namespace {

TEST(RunCodecTest, SamplesAndRoundsComeBackExactly) {
  for (const CellRecord& cell : testing::sample_record().cells) {
    for (const LaneRecord& lane : cell.lanes) {
      const auto blocks = unpack_blocks(pack_blocks(lane.blocks), "test");
      ASSERT_EQ(blocks.size(), lane.blocks.size());
      for (std::size_t i = 0; i < blocks.size(); ++i) {
        EXPECT_EQ(blocks[i].round, lane.blocks[i].round);
        EXPECT_EQ(blocks[i].process, lane.blocks[i].process);
        EXPECT_NEAR(blocks[i].start_s, lane.blocks[i].start_s, 0.0005);
        EXPECT_EQ(blocks[i].samples_ns, lane.blocks[i].samples_ns);
      }
    }
  }
}

TEST(RunCodecTest, EmptyAndUnevenBlocksComeBack) {
  const std::vector<BlockRecord> blocks{{3, 0, 0.0, {}}, {1, 1, 1.5, {1, 2, 3}}, {-1, 2, -2.0, {9}}};
  const auto back = unpack_blocks(pack_blocks(blocks), "test");
  ASSERT_EQ(back.size(), 3U);
  EXPECT_TRUE(back[0].samples_ns.empty());
  EXPECT_EQ(back[1].samples_ns, blocks[1].samples_ns);
  EXPECT_EQ(back[2].round, -1);
}

TEST(RunCodecTest, ASampleTakesLessThanTwoBytes) {
  const Record record = testing::night_record({.rounds = 80});
  const LaneRecord& lane = record.cells[0].lanes[0];
  EXPECT_LT(pack_blocks(lane.blocks).size(), 2 * lane.samples_ns().size());
}

TEST(RunCodecTest, RecordComesBackWithoutSamples) {
  Record record = testing::sample_record();
  record.dataset->skipped_images.pop_back();  // a name that is not UTF-8 cannot survive JSON
  const Record back = unpack_record(pack_record(record), "test");
  for (CellRecord& cell : record.cells) {
    for (LaneRecord& lane : cell.lanes) lane.blocks.clear();
  }
  EXPECT_EQ(record_to_json(back), record_to_json(record));
}

TEST(RunCodecTest, PredictionsKeepImageLabelAndBestClass) {
  std::vector<Prediction> predictions = testing::sample_predictions()[1].predictions;
  predictions[3].count = 0;
  predictions[4].finite = false;
  std::swap(predictions[0], predictions[9]);
  const PackedPredictions packed = pack_predictions(predictions);
  const auto back = unpack_predictions(packed.truth, packed.answers, "test");
  std::ranges::sort(predictions, {}, &Prediction::sample);
  ASSERT_EQ(back.size(), predictions.size());
  for (std::size_t i = 0; i < back.size(); ++i) {
    EXPECT_EQ(back[i].sample, predictions[i].sample);
    EXPECT_EQ(back[i].label, predictions[i].label);
    EXPECT_EQ(back[i].top1(), predictions[i].top1());
    EXPECT_EQ(back[i].correct(), predictions[i].correct());
  }
}

TEST(RunCodecTest, PredictionsOfAnotherSetAreRefused) {
  auto predictions = testing::sample_predictions()[0].predictions;
  const Bytes truth = pack_predictions(predictions).truth;
  predictions.pop_back();
  EXPECT_THROW((void)unpack_predictions(truth, pack_predictions(predictions).answers, "test"), Error);
}

TEST(RunCodecTest, IdentityDependsOnEverySampleButNotOnTheWriter) {
  Record record = testing::night_record({});
  const Bytes identity = run_identity(record);
  EXPECT_EQ(identity.size(), 32U);
  record.qbench_version = "9.9";
  EXPECT_EQ(run_identity(record), identity);
  record.cells[2].lanes[0].blocks[7].samples_ns[3] += 1;
  EXPECT_NE(run_identity(record), identity);
}

TEST(RunCodecTest, HexGoesBothWays) {
  EXPECT_EQ(to_hex(from_hex("00ff7a")), "00ff7a");
  for (const char* bad : {"0", "0g", "xx"}) EXPECT_TRUE(from_hex(bad).empty()) << bad;
}

}  // namespace
}  // namespace qbench::reports::history
