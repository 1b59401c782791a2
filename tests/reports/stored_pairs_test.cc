// SPDX-License-Identifier: Apache-2.0
#include "reports/stored_pairs.h"

#include <gtest/gtest.h>

#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

CellRecord cell_of(const std::string& id, const std::string& variant) {
  CellRecord cell;
  cell.id = id;
  cell.variant = variant;
  cell.runner = "tflite";
  cell.model.sha256 = std::string(64, variant.front());
  LaneRecord& lane = cell.lanes.emplace_back();
  lane.runner.library_sha256 = std::string(64, 'c');
  lane.blocks.push_back({0, 0, 0.0, {1000}});
  return cell;
}

Record record_of(std::vector<CellRecord> cells) {
  Record record;
  record.qbench_version = "0.1.0";
  record.cells = std::move(cells);
  return record;
}

TEST(StoredPairsTest, CellsMeetByWhatTheyAreNotByTheirOrder) {
  const Record a = record_of({cell_of("x", "fp32"), cell_of("y", "int8")});
  const Record b = record_of({cell_of("q", "int8"), cell_of("p", "fp32")});
  const Pairing pairing = pair_cells(a, b);
  ASSERT_EQ(pairing.pairs.size(), 2U);
  EXPECT_EQ(pairing.pairs[0].b->id, "p");
  EXPECT_EQ(pairing.pairs[1].b->id, "q");
  EXPECT_TRUE(pairing.unpaired.empty());
}

TEST(StoredPairsTest, WhatDiffersInItsOptionsIsListed) {
  Record b = record_of({cell_of("x", "fp32"), cell_of("z", "fp16")});
  b.cells[0].threads = 4;
  const Pairing pairing = pair_cells(record_of({cell_of("x", "fp32")}), b);
  EXPECT_TRUE(pairing.pairs.empty());
  EXPECT_EQ(pairing.unpaired.size(), 3U);
}

TEST(StoredPairsTest, ABatchThatOnlyOneHasIsListed) {
  const Record a = record_of({cell_of("x", "fp32")});
  Record b = a;
  b.cells[0].lanes.emplace_back().batch = 64;
  const Pairing pairing = pair_cells(a, b);
  ASSERT_EQ(pairing.unpaired.size(), 1U);
  EXPECT_EQ(pairing.unpaired[0], "'x', batch 64: only in the candidate record");
}

TEST(StoredPairsTest, AnotherLibraryStillPairsAndTheSameNameIsPreferred) {
  Record a = record_of({cell_of("x", "fp32")});
  a.cells[0].library = "/opt/one/libtflite.so";
  Record b = record_of({cell_of("other", "fp32"), cell_of("same", "fp32")});
  b.cells[0].library = "/opt/libother.so";
  b.cells[1].library = "/opt/two/libtflite.so";
  EXPECT_EQ(pair_cells(a, b).pairs.at(0).b->id, "same");
  b.cells.pop_back();
  EXPECT_EQ(pair_cells(a, b).pairs.at(0).b->id, "other");
}

TEST(StoredPairsTest, TheSameCellTwiceIsPairedInOrder) {
  const Record a = record_of({cell_of("x", "fp32"), cell_of("x-2", "fp32")});
  const Pairing pairing = pair_cells(a, a);
  ASSERT_EQ(pairing.pairs.size(), 2U);
  EXPECT_EQ(pairing.pairs[1].b->id, "x-2");
}

TEST(StoredPairsTest, AnIdenticalCellIsShared) {
  const Record a = record_of({cell_of("ref", "fp32"), cell_of("int8", "int8")});
  const Record b = a;
  const CellPair pair{&a.cells[1], &b.cells[1]};
  EXPECT_EQ(shared_cell(a, b, pair, 1).a, &a.cells[0]);
  EXPECT_EQ(shared_cell(a, b, pair, 1).b, &b.cells[0]);
  EXPECT_EQ(shared_cell(a, b, pair, 64).a, nullptr);
}

TEST(StoredPairsTest, APairIsNotItsOwnSharedCell) {
  const Record a = record_of({cell_of("only", "fp32")});
  const Record b = a;
  EXPECT_EQ(shared_cell(a, b, {&a.cells[0], &b.cells[0]}, 1).a, nullptr);
}

TEST(StoredPairsTest, WhateverDiffersIsNotShared) {
  const Record a = record_of({cell_of("ref", "fp32"), cell_of("int8", "int8")});
  const auto is_shared = [&a](const auto& change) {
    Record b = a;
    change(b);
    return shared_cell(a, b, {&a.cells[1], &b.cells[1]}, 1).a != nullptr;
  };
  EXPECT_TRUE(is_shared([](Record&) {}));
  EXPECT_FALSE(is_shared([](Record& b) { b.cells[0].model.sha256 = std::string(64, '0'); }));
  EXPECT_FALSE(is_shared([](Record& b) { b.cells[0].lanes[0].runner.library_sha256 = std::string(64, '0'); }));
  EXPECT_FALSE(is_shared([](Record& b) { b.cells[0].lanes[0].outcome.status = Status::kTimeout; }));
  EXPECT_FALSE(is_shared([](Record& b) { b.cells[0].threads = 2; }));
  EXPECT_FALSE(is_shared([](Record& b) { b.cells[0].recipe.label_offset = 1; }));
  EXPECT_FALSE(is_shared([](Record& b) { b.workers.push_back({"/w", std::string(64, '1'), "0.1.0", "", 1}); }));
  EXPECT_FALSE(is_shared([](Record& b) { b.qbench_version = "0.2.0"; }));
}

}  // namespace
}  // namespace qbench::reports
