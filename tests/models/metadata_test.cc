// SPDX-License-Identifier: Apache-2.0
#include "models/metadata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Graph labelled_graph() {
  return update_metadata(testing::tiny_float_graph(), {.name = "tiny",
                                                       .description = "a test",
                                                       .author = "the tests",
                                                       .license = "Apache-2.0",
                                                       .normalization = Normalization{{127.5F}, {127.5F}},
                                                       .input_min = -1.0F,
                                                       .input_max = 1.0F,
                                                       .labels = std::vector<std::string>{"a", "b", "", "d"}});
}

TEST(MetadataTest, LabelsAreLinesOfAnyStyle) {
  EXPECT_THAT(parse_labels("cat\r\ndog\nbird"), ElementsAre("cat", "dog", "bird"));
  EXPECT_THAT(parse_labels("cat\n\nbird\n"), ElementsAre("cat", "", "bird"));
  EXPECT_THAT(parse_labels("\xEF\xBB\xBF"
                           "cat"),
              ElementsAre("cat"));
  EXPECT_THAT(parse_labels(""), IsEmpty());
}

TEST(MetadataTest, AGraphWithoutMetadataHasNone) {
  EXPECT_EQ(read_metadata(testing::tiny_float_graph()), std::nullopt);
}

TEST(MetadataTest, WhatIsWrittenIsReadThroughAFile) {
  const Graph graph = read_tflite(write_tflite(labelled_graph()), "labelled");
  const auto metadata = read_metadata(graph);
  ASSERT_TRUE(metadata.has_value());
  EXPECT_EQ(metadata->name, "tiny");
  EXPECT_EQ(metadata->description, "a test");
  EXPECT_EQ(metadata->author, "the tests");
  EXPECT_EQ(metadata->license, "Apache-2.0");
  EXPECT_EQ(metadata->normalization, (Normalization{{127.5F}, {127.5F}}));
  EXPECT_THAT(metadata->input_min, ElementsAre(-1.0F));
  EXPECT_THAT(metadata->input_max, ElementsAre(1.0F));
  EXPECT_EQ(metadata->labels_file, "labels.txt");
  EXPECT_THAT(metadata->labels, ElementsAre("a", "b", "", "d"));
}

TEST(MetadataTest, AnUpdateKeepsWhatItDoesNotName) {
  const Graph graph = update_metadata(labelled_graph(), {.normalization = Normalization{{0.0F}, {255.0F}}});
  const auto metadata = read_metadata(graph);
  ASSERT_TRUE(metadata.has_value());
  EXPECT_EQ(metadata->name, "tiny");
  EXPECT_EQ(metadata->normalization, (Normalization{{0.0F}, {255.0F}}));
  EXPECT_THAT(metadata->labels, ElementsAre("a", "b", "", "d"));
}

TEST(MetadataTest, NewLabelsReplaceTheOldFile) {
  const Graph graph =
      update_metadata(labelled_graph(), {.labels = std::vector<std::string>{"one", "two", "three", "four"}});
  EXPECT_EQ(graph.files.size(), 1U);
  EXPECT_THAT(read_metadata(graph)->labels, ElementsAre("one", "two", "three", "four"));
}

TEST(MetadataTest, LabelsMustFitTheOutput) {
  EXPECT_THROW((void)update_metadata(testing::tiny_float_graph(), {.labels = std::vector<std::string>{"one"}}), Error);
  EXPECT_THROW(
      (void)update_metadata(testing::tiny_float_graph(), {.labels = std::vector<std::string>{"a\nb", "c", "d", "e"}}),
      Error);
}

TEST(MetadataTest, MinRuntimeVersionIsTextPaddedWithZeros) {
  Graph graph = testing::tiny_float_graph();
  graph.metadata = {{"min_runtime_version", bytes_of(std::vector<char>{'1', '.', '1', '4', '.', '0', 0, 0, 0})}};
  ASSERT_TRUE(read_metadata(graph).has_value());
  EXPECT_EQ(read_metadata(graph)->min_runtime_version, "1.14.0");
}

TEST(MetadataTest, DamagedMetadataThrow) {
  Graph graph = testing::tiny_float_graph();
  graph.metadata = {{"TFLITE_METADATA", Bytes(100, std::byte{0x41})}};
  EXPECT_THROW((void)read_metadata(graph), Error);
}

TEST(MetadataTest, EveryChangedByteGivesMetadataOrAnError) {
  const Graph graph = labelled_graph();
  for (std::size_t at = 0; at < graph.metadata[0].data.size(); ++at) {
    for (const int change : {0x01, 0x02, 0x80, 0xFF}) {
      Graph mutant = graph;
      mutant.metadata[0].data[at] ^= static_cast<std::byte>(change);
      try {
        (void)read_metadata(mutant);
        (void)update_metadata(mutant, {.name = "again"});
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kModel);
      }
    }
  }
}

}  // namespace
}  // namespace qbench::models
