// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>

#include "core/error.h"
#include "models/repair.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"
#include "tests/models/op_uses.h"
#include "tests/support/broken_models.h"
#include "tests/support/graph_builder.h"
#include "tests/support/model_mutator.h"

namespace qbench::models {
namespace {

TEST(MutatorTest, FindsPlacesOfEveryKind) {
  std::set<testing::PlaceKind> kinds;
  for (const testing::Place& place : testing::mutable_places(write_tflite(testing::tiny_int8_graph()))) {
    kinds.insert(place.kind);
  }
  EXPECT_EQ(kinds.size(), testing::kPlaceKinds);
}

TEST(MutatorTest, FindsNothingInJunk) { EXPECT_TRUE(testing::mutable_places(Bytes(100)).empty()); }

TEST(MutatorTest, ChangesOnlyWhatItNames) {
  const Bytes model = write_tflite(testing::tiny_int8_graph());
  const auto places = testing::mutable_places(model);
  std::mt19937_64 random(7);
  for (int i = 0; i < 200; ++i) {
    const testing::Mutant mutant = testing::mutate(model, places, random);
    ASSERT_EQ(mutant.bytes.size(), model.size());
    std::size_t changed_bytes = 0;
    for (std::size_t at = 0; at < model.size(); ++at) {
      changed_bytes += mutant.bytes[at] != model[at] ? 1 : 0;
    }
    EXPECT_LE(changed_bytes, mutant.changed.size() * 8);
  }
}

TEST(MutatorTest, TheSameSeedGivesTheSameMutants) {
  const Bytes model = write_tflite(testing::tiny_float_graph());
  const auto places = testing::mutable_places(model);
  std::mt19937_64 first(3);
  std::mt19937_64 second(3);
  EXPECT_EQ(testing::mutate(model, places, first).bytes, testing::mutate(model, places, second).bytes);
}

// The reader, the validator and the repairs must answer every mutant with a graph and findings, or one Error.
TEST(MutatorTest, ReaderValidatorAndRepairSurviveMutants) {
  std::mt19937_64 random(1);
  int refused = 0;
  int fatal = 0;
  std::vector<Bytes> seeds = {write_tflite(testing::tiny_int8_graph()), write_tflite(testing::tiny_float_graph())};
  for (const Graph& broken :
       {testing::per_channel_product(), testing::dynamic_flatten(), testing::hybrid_depthwise(1)}) {
    seeds.push_back(write_tflite(broken));
  }
  for (const Use& use : make_uses()) {
    seeds.push_back(write_tflite(use.make()));
  }
  for (const Bytes& seed : seeds) {
    const auto places = testing::mutable_places(seed);
    for (int i = 0; i < 100; ++i) {
      try {
        const Graph graph = read_tflite(testing::mutate(seed, places, random).bytes, "mutant");
        const auto findings = validate(graph);
        EXPECT_NO_THROW((void)validate(repair(graph).graph));
        fatal += !findings.empty() && findings[0].severity == Severity::kFatal ? 1 : 0;
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kModel);
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 100);
  EXPECT_GT(fatal, 1000);
}

}  // namespace
}  // namespace qbench::models
