// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/model_check.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/files.h"
#include "harness/engine/load_failure.h"
#include "models/repair.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "tests/support/broken_models.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace qbench::engine {
namespace {

class ModelCheckTest : public ::testing::Test {
 protected:
  Outcome check(std::span<const std::byte> bytes) {
    write_file_atomic(path_, bytes);
    return check_model(path_, facts_, record_);
  }

  testing::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_.path() / "model.tflite";
  ModelFacts facts_;
  ModelRecord record_;
};

TensorSpec spec(std::vector<int> shape) { return {.name = "t", .shape = std::move(shape)}; }

TEST_F(ModelCheckTest, AGoodModelIsClassified) {
  EXPECT_TRUE(check(testing::tiny_model()).ok());
  EXPECT_EQ(record_.precision, "fp32");
  EXPECT_TRUE(check(testing::tiny_model({.dtype = DType::kInt8})).ok());
  EXPECT_EQ(record_.precision, "int8");
}

TEST_F(ModelCheckTest, EmptyTruncatedAndForeignFilesAreErrorsWithTheFilesName) {
  const std::vector<std::byte> good = testing::tiny_model();
  const std::string foreign = "this is a text file and not a model at all";
  for (std::span<const std::byte> bytes :
       {std::span<const std::byte>(), std::span(good).first(good.size() / 2), std::as_bytes(std::span(foreign))}) {
    const Outcome outcome = check(bytes);
    EXPECT_EQ(outcome.status, Status::kError);
    EXPECT_NE(outcome.reason.find("model.tflite"), std::string::npos) << outcome.reason;
  }
}

TEST_F(ModelCheckTest, WhatTheRuntimeReadsWronglyIsRepaired) {
  EXPECT_TRUE(check(models::write_tflite(testing::per_channel_product())).ok());
  EXPECT_EQ(facts_.repairs.size(), 1U);
  const models::Graph repaired = models::read_tflite(facts_.repaired, "repaired");
  EXPECT_EQ(record_.ops, 3);
  EXPECT_TRUE(models::repair(repaired).repairs.empty());
}

TEST_F(ModelCheckTest, WhatNeedsNoRepairIsNotWrittenAnew) {
  EXPECT_TRUE(check(testing::tiny_model()).ok());
  EXPECT_TRUE(facts_.repairs.empty());
  EXPECT_TRUE(facts_.repaired.empty());
}

TEST_F(ModelCheckTest, WrongNumbersThatCannotBeRepairedAreUnsupported) {
  testing::GraphBuilder b;
  const int x = b.input("x", {1, 4, 4, 1}, models::TensorType::kInt8, 0.1F, 0);
  const int y = b.op(models::Op::kMaxPool2D, {x}, b.activation("y", {1, 2, 2, 1}, models::TensorType::kInt8, 0.2F, 0),
                     models::Pool2DOptions{models::Padding::kValid, 2, 2, 2, 2});
  const Outcome outcome = check(models::write_tflite(b.finish({y})));
  EXPECT_EQ(outcome.status, Status::kUnsupported);
  EXPECT_EQ(outcome.stage, "read");
  EXPECT_NE(outcome.reason.find("MAX_POOL_2D #0 'y': its kernel copies integers"), std::string::npos) << outcome.reason;
}

TEST_F(ModelCheckTest, AMissingKernelExplainsAFailedLoadAndNothingElse) {
  testing::GraphBuilder b;
  const int x = b.input("x", {1, 4}, models::TensorType::kInt16, 0.1F, 0);
  const int y = b.op(models::Op::kHardSwish, {x}, b.activation("y", {1, 4}, models::TensorType::kInt16, 0.1F, 0));
  EXPECT_TRUE(check(models::write_tflite(b.finish({y}))).ok());
  const CellPlan cell;
  Outcome outcome = explained({.status = Status::kError, .reason = "failed to prepare", .stage = "load"}, facts_, cell);
  EXPECT_EQ(outcome.status, Status::kUnsupported);
  EXPECT_NE(outcome.reason.find("no good int16 kernel"), std::string::npos) << outcome.reason;
  outcome = explained({.status = Status::kCrashed, .reason = "signal 11", .stage = "load"}, facts_, cell);
  EXPECT_EQ(outcome.status, Status::kCrashed);
}

TEST_F(ModelCheckTest, FileFactsCountBytes) {
  write_file_atomic(path_, std::string(1000, 'a'));
  const ModelRecord record = file_facts(path_);
  EXPECT_EQ(record.bytes, 1000);
  EXPECT_LT(record.zstd_bytes, 100);
  EXPECT_EQ(record.sha256.size(), 64U);
  EXPECT_THROW((void)file_facts(folder_.path() / "absent"), Error);
}

TEST_F(ModelCheckTest, WhatIsNoClassifierIsAnErrorAndAStrangeTypeUnsupported) {
  ClassifierView view;
  EXPECT_TRUE(check_classifier(std::vector{spec({1, 8, 8, 3})}, std::vector{spec({1, 10})}, {}, view).ok());
  EXPECT_EQ(view.scores.classes(), 10U);
  EXPECT_EQ(check_classifier(std::vector{spec({1, 8, 8, 4})}, std::vector{spec({1, 10})}, {}, view).status,
            Status::kError);
  TensorSpec index = spec({1, 10});
  index.dtype = DType::kInt32;
  EXPECT_EQ(check_classifier(std::vector{spec({1, 8, 8, 3})}, std::vector{index}, {}, view).status,
            Status::kUnsupported);
}

TEST_F(ModelCheckTest, TheGraphSaysWhatMakesItsOutput) {
  EXPECT_TRUE(check(testing::tiny_model()).ok());
  ASSERT_EQ(facts_.hints.outputs.size(), 1U);
  EXPECT_EQ(facts_.hints.outputs[0].last_op, LastOp::kSoftmax);
}

TEST_F(ModelCheckTest, AConstantBatchIsRewrittenOnlyWhereThereIsOne) {
  EXPECT_TRUE(rewritten_for_batch(testing::tiny_model({.fixed_batch = true}), 64).has_value());
  EXPECT_FALSE(rewritten_for_batch(testing::tiny_model(), 64).has_value());
}

}  // namespace
}  // namespace qbench::engine
