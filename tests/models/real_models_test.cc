// SPDX-License-Identifier: Apache-2.0
// What is known of real model files; skipped where they are absent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>

#include "core/files.h"
#include "models/dot.h"
#include "models/inspect.h"
#include "models/rebatch.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct Known {
  const char* file;
  PrecisionClass precision;
  std::size_t ops;
  std::int64_t macs;
  std::int64_t parameters;
  const char* input_type;
};

void PrintTo(const Known& known, std::ostream* out) { *out << known.file; }

class RealModelsTest : public ::testing::TestWithParam<Known> {
 protected:
  void SetUp() override {
    const std::string relative = std::string("data/models/") + GetParam().file;
    const auto path = testing::shared_data(relative);
    if (!path) {
      GTEST_SKIP() << testing::shared_data_missing(relative);
    }
    file_ = read_file(*path);
  }

  Bytes file_;
};

TEST_P(RealModelsTest, IsInspectedRight) {
  const ModelSummary summary = inspect(file_, GetParam().file);
  EXPECT_EQ(precision_name(summary.precision), precision_name(GetParam().precision));
  EXPECT_EQ(summary.ops.size(), GetParam().ops);
  EXPECT_EQ(summary.macs, GetParam().macs);
  EXPECT_EQ(summary.parameters, GetParam().parameters);
  ASSERT_THAT(summary.inputs, SizeIs(1));
  EXPECT_EQ(summary.inputs[0].type, GetParam().input_type);
  EXPECT_TRUE(summary.is_classifier());
  EXPECT_THAT(summary.needs_newer_runtime, IsEmpty());
}

TEST_P(RealModelsTest, HasNoFindings) {
  for (const Finding& finding : validate(read_tflite(file_, GetParam().file))) {
    EXPECT_EQ(finding.severity, Severity::kWarning) << finding.message;
    EXPECT_THAT(finding.message, HasSubstr("custom op"));
  }
}

TEST_P(RealModelsTest, ReadsBackEqualAfterWriting) {
  const Graph graph = read_tflite(file_, GetParam().file);
  const Bytes written = write_tflite(graph);
  EXPECT_EQ(read_tflite(written, "written"), graph);
  EXPECT_LT(written.size(), file_.size() + file_.size() / 100 + 1024);
}

TEST_P(RealModelsTest, IsDrawn) {
  EXPECT_THAT(to_dot(read_tflite(file_, GetParam().file), GetParam().file), HasSubstr("in0 -> op0"));
}

constexpr std::array kKnown = {
    Known{"resnet8_cifar10_fp32.tflite", PrecisionClass::kFp32, 16, 12501632, 77706, "float32"},
    Known{"resnet8_cifar10_int8.tflite", PrecisionClass::kInt8, 16, 12501632, 77706, "int8"},
    Known{"vww_mobilenetv1_fp32.tflite", PrecisionClass::kFp32, 31, 7489664, 210850, "float32"},
    Known{"vww_mobilenetv1_int8.tflite", PrecisionClass::kInt8, 31, 7489664, 210850, "int8"},
    Known{"lili_default.tflite", PrecisionClass::kDynamic, 71, 55014272, 2211940, "float32"},
    Known{"lili_quant-fp.tflite", PrecisionClass::kInt8FloatIo, 73, 55014272, 2211940, "float32"},
    Known{"lili_TPU.tflite", PrecisionClass::kInt8, 73, 55014272, 2211940, "uint8"},
    Known{"lili_16by8.tflite", PrecisionClass::kInt16x8, 73, 55014272, 2211940, "float32"},
    Known{"lili_TPU_edgetpu.tflite", PrecisionClass::kEdgeTpu, 1, 0, 0, "uint8"},
    Known{"mobilenet_v2_224_uint8.tflite", PrecisionClass::kUint8, 66, 300775552, 3489097, "uint8"},
};

INSTANTIATE_TEST_SUITE_P(Files, RealModelsTest, ::testing::ValuesIn(kKnown), [](const auto& known) {
  std::string name = known.param.file;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
});

/// The summary of one shared model, or nothing.
std::optional<ModelSummary> shared_summary(const std::string& file) {
  const auto path = testing::shared_data("data/models/" + file);
  return path ? std::optional(inspect(read_file(*path), file)) : std::nullopt;
}

TEST(RealModelsMetadataTest, LiliFilesCarryTheirLabels) {
  for (const char* file : {"lili_default.tflite", "lili_quant-fp.tflite", "lili_TPU.tflite", "lili_16by8.tflite"}) {
    const auto summary = shared_summary(file);
    if (!summary) {
      GTEST_SKIP() << testing::shared_data_missing(file);
    }
    ASSERT_TRUE(summary->metadata.has_value()) << file;
    EXPECT_THAT(summary->metadata->labels, SizeIs(4)) << file;
    EXPECT_EQ(summary->metadata->labels_file, "lili_labels.txt") << file;
    EXPECT_THAT(summary->metadata->input_max, Each(255.0F)) << file;
  }
}

TEST(RealModelsMetadataTest, MobilenetHas1001LabelsAndItsNormalization) {
  const auto summary = shared_summary("mobilenet_v2_224_uint8.tflite");
  if (!summary) {
    GTEST_SKIP() << testing::shared_data_missing("data/models/mobilenet_v2_224_uint8.tflite");
  }
  ASSERT_TRUE(summary->metadata.has_value());
  EXPECT_THAT(summary->metadata->labels, SizeIs(1001));
  EXPECT_EQ(summary->metadata->labels[0], "background");
  EXPECT_EQ(summary->metadata->normalization, (Normalization{{127.5F}, {127.5F}}));
  EXPECT_THAT(summary->fixed_batch, ElementsAre(HasSubstr("RESHAPE")));
}

TEST(RealModelsMetadataTest, ARuntimeErrorFileIsReadAndNamedACustomOp) {
  const auto summary = shared_summary("broken_invoke_error.tflite");
  if (!summary) {
    GTEST_SKIP() << testing::shared_data_missing("data/models/broken_invoke_error.tflite");
  }
  EXPECT_THAT(summary->needs_delegate, SizeIs(1));
}

}  // namespace
}  // namespace qbench::models
