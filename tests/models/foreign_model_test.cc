// SPDX-License-Identifier: Apache-2.0
#include "models/foreign_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// Protobuf's wire format by hand, so that the tests do not lean on the code that they test.
std::string varint(std::uint64_t value) {
  std::string bytes;
  while (value >= 0x80) {
    bytes += static_cast<char>(value | 0x80);
    value >>= 7;
  }
  return bytes + static_cast<char>(value);
}
std::string number(int field, std::uint64_t value) {
  return varint(static_cast<std::uint64_t>(field) << 3) + varint(value);
}
std::string text(int field, std::string_view bytes) {
  return varint((static_cast<std::uint64_t>(field) << 3) | 2) + varint(bytes.size()) + std::string(bytes);
}

/// ONNX ValueInfoProto of a float tensor [N, 10].
std::string onnx_value(std::string_view name) {
  const std::string shape = text(1, text(2, "N")) + text(1, number(1, 10));
  return text(1, name) + text(2, text(1, number(1, 1) + text(2, shape)));
}
std::string onnx_node(std::string_view op) { return text(1, "in") + text(2, "out") + text(4, op); }
std::string onnx_weights(std::string_view name, std::string_view location = {}) {
  std::string tensor = number(2, 1) + text(8, name);
  if (!location.empty()) {
    tensor += text(13, text(1, "location") + text(2, location)) + number(14, 1);
  }
  return tensor;
}
std::string onnx_model(const std::string& graph) {
  return number(1, 7) + text(2, "a tool") + text(3, "1.2") + text(7, graph) + text(8, text(1, "") + number(2, 13));
}

std::string pb_node(std::string_view name, std::string_view op, const std::vector<std::string>& inputs,
                    const std::string& attributes = {}) {
  std::string node = text(1, name) + text(2, op);
  for (const std::string& input : inputs) {
    node += text(3, input);
  }
  return text(1, node + attributes);
}

class ForeignModelTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, std::string_view content) {
    const auto path = folder_.path() / name;
    write_file_atomic(path, content);
    return path;
  }

  /// Skips where this build cannot list such models.
  std::optional<ForeignModel> read(const std::filesystem::path& path) {
    try {
      return read_foreign_model(path);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kUnsupported) {
        throw;
      }
      return std::nullopt;
    }
  }

  testing::TemporaryFolder folder_;
};

#define SKIP_WITHOUT_PROTOBUF(model) \
  if (!(model)) GTEST_SKIP() << "built without protobuf"

TEST_F(ForeignModelTest, ListsAnOnnxModel) {
  const std::string graph = text(1, onnx_node("Conv")) + text(1, onnx_node("Relu")) + text(1, onnx_node("Conv")) +
                            text(1, onnx_node("Constant")) + text(5, onnx_weights("w")) + text(11, onnx_value("x")) +
                            text(11, onnx_value("w")) + text(12, onnx_value("scores"));
  const auto model = read(file("net.onnx", onnx_model(graph)));
  SKIP_WITHOUT_PROTOBUF(model);
  EXPECT_EQ(model->format, "ONNX");
  EXPECT_EQ(model->producer, "a tool 1.2");
  EXPECT_EQ(model->opset, 13);
  EXPECT_THAT(model->ops, ElementsAre(Pair("Conv", 2), Pair("Relu", 1)));
  ASSERT_EQ(model->inputs.size(), 1U) << "weights are no inputs";
  EXPECT_EQ(model->inputs[0], (ForeignEnd{"x", {"N", "10"}, "float32"}));
  ASSERT_EQ(model->outputs.size(), 1U);
  EXPECT_EQ(model->outputs[0].name, "scores");
  EXPECT_EQ(to_json(*model)["op_kinds"]["Conv"], 2);
}

TEST_F(ForeignModelTest, ExternalDataAreJudgedAndNeverOpened) {
  file("weights.bin", "1234");
  std::filesystem::create_symlink("/etc/hostname", folder_.path() / "link.bin");
  const std::string graph = text(1, onnx_node("Conv")) + text(5, onnx_weights("a", "weights.bin")) +
                            text(5, onnx_weights("b", "/etc/passwd")) + text(5, onnx_weights("c", "../secret")) +
                            text(5, onnx_weights("d", "link.bin")) + text(5, onnx_weights("e", "missing.bin"));
  const auto model = read(file("net.onnx", onnx_model(graph)));
  SKIP_WITHOUT_PROTOBUF(model);
  EXPECT_THAT(model->external_data,
              UnorderedElementsAre(ExternalData{"weights.bin", ""}, ExternalData{"/etc/passwd", "absolute path"},
                                   ExternalData{"../secret", "leaves the model's folder"},
                                   ExternalData{"link.bin", "leads outside the model's folder"},
                                   ExternalData{"missing.bin", "does not exist"}));
}

TEST_F(ForeignModelTest, LocationsThatAreNoFilesAreRefused) {
  std::filesystem::create_directory(folder_.path() / "sub");
  EXPECT_EQ(external_data_problem(folder_.path() / "net.onnx", "sub"), "not a regular file");
  EXPECT_EQ(external_data_problem(folder_.path() / "net.onnx", ""), "not a file name");
  EXPECT_EQ(external_data_problem(folder_.path() / "net.onnx", std::string_view("a\0b", 3)), "not a file name");
}

TEST_F(ForeignModelTest, ListsAFrozenGraph) {
  // attr entries: dtype = {type: float}, shape = {shape: {dim: -1, dim: 28}}
  const std::string dtype = text(5, text(1, "dtype") + text(2, number(6, 1)));
  const std::string dims = text(2, number(1, ~0ULL)) + text(2, number(1, 28));
  const std::string shape = text(5, text(1, "shape") + text(2, text(7, dims)));
  const std::string graph = pb_node("input", "Placeholder", {}, dtype + shape) + pb_node("w", "Const", {}) +
                            pb_node("conv", "Conv2D", {"input", "w:0"}) + pb_node("softmax", "Softmax", {"^w", "conv"});
  const auto model = read(file("frozen.pb", graph));
  SKIP_WITHOUT_PROTOBUF(model);
  EXPECT_EQ(model->format, "TensorFlow GraphDef");
  EXPECT_THAT(model->ops, ElementsAre(Pair("Conv2D", 1), Pair("Softmax", 1)));
  ASSERT_EQ(model->inputs.size(), 1U);
  EXPECT_EQ(model->inputs[0], (ForeignEnd{"input", {"?", "28"}, "float32"}));
  ASSERT_EQ(model->outputs.size(), 1U);
  EXPECT_EQ(model->outputs[0].name, "softmax");
}

TEST_F(ForeignModelTest, DamagedFilesAreOneModelError) {
  const std::string graph = text(1, onnx_node("Conv")) + text(11, onnx_value("x"));
  const std::string whole = onnx_model(graph);
  SKIP_WITHOUT_PROTOBUF(read(file("whole.onnx", whole)));
  for (const auto& [name, content] :
       std::vector<std::pair<std::string, std::string>>{{"empty.onnx", ""},
                                                        {"text.onnx", "this is text"},
                                                        {"cut.onnx", whole.substr(0, whole.size() / 2)},
                                                        {"empty.pb", ""},
                                                        {"text.pb", "this is text, too"}}) {
    try {
      (void)read_foreign_model(file(name, content));
      FAIL() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModel) << name;
      EXPECT_THAT(error.what(), HasSubstr(name));
    }
  }
}

TEST_F(ForeignModelTest, OtherKindsNameTheirConverter) {
  try {
    (void)read_foreign_model(file("net.h5", "\x89HDF\r\n\x1a\n"));
    FAIL() << "read a Keras file";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("tflite_convert"));
  }
}

}  // namespace
}  // namespace qbench::models
