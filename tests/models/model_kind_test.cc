// SPDX-License-Identifier: Apache-2.0
#include "models/model_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using ::testing::HasSubstr;

class ModelKindTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, std::string_view content) {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    write_file_atomic(path, content);
    return path;
  }

  testing::TemporaryFolder folder_;
};

TEST_F(ModelKindTest, ContentGoesBeforeTheName) {
  const Bytes model = write_tflite(testing::tiny_float_graph());
  const std::string_view text(reinterpret_cast<const char*>(model.data()), model.size());
  EXPECT_EQ(sniff_model(file("misnamed.onnx", text)), ModelKind::kTflite);
  EXPECT_EQ(sniff_model(file("weights.bin", "\x89HDF\r\n\x1a\nrest")), ModelKind::kKerasH5);
}

TEST_F(ModelKindTest, NamesDecideForTheRest) {
  EXPECT_EQ(sniff_model(file("a.ONNX", "x")), ModelKind::kOnnx);
  EXPECT_EQ(sniff_model(file("a.pb", "x")), ModelKind::kFrozenGraph);
  EXPECT_EQ(sniff_model(file("a.keras", "PK")), ModelKind::kKerasArchive);
  EXPECT_EQ(sniff_model(file("a.pt", "PK")), ModelKind::kTorch);
  EXPECT_EQ(sniff_model(file("a.tflite", "not really")), ModelKind::kUnknown);
}

TEST_F(ModelKindTest, ASavedModelIsAFolderOrItsFile) {
  const auto inner = file("saved/saved_model.pb", "x");
  EXPECT_EQ(sniff_model(inner), ModelKind::kSavedModel);
  EXPECT_EQ(sniff_model(inner.parent_path()), ModelKind::kSavedModel);
  EXPECT_EQ(sniff_model(folder_.path()), ModelKind::kUnknown);
  EXPECT_THAT(conversion_hint(ModelKind::kSavedModel, inner),
              HasSubstr("--saved_model_dir=" + inner.parent_path().string()));
}

TEST_F(ModelKindTest, TheRefusalNamesTheConverter) {
  const auto keras = file("net.h5", "\x89HDF\r\n\x1a\n");
  try {
    require_tflite(keras);
    FAIL() << "took a Keras file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    EXPECT_THAT(error.what(),
                HasSubstr("net.h5: a Keras model; convert it with TensorFlow's `tflite_convert --keras_model_file="));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST_F(ModelKindTest, EveryForeignKindHasAHint) {
  for (int kind = 1; kind <= static_cast<int>(ModelKind::kUnknown); ++kind) {
    EXPECT_FALSE(conversion_hint(static_cast<ModelKind>(kind), "model").empty()) << kind;
  }
  EXPECT_TRUE(conversion_hint(ModelKind::kTflite, "model").empty());
}

TEST_F(ModelKindTest, AMissingFileIsAnIoError) {
  try {
    (void)sniff_model(folder_.path() / "none.tflite");
    FAIL() << "sniffed a missing file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
  }
}

}  // namespace
}  // namespace qbench::models
