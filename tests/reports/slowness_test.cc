// SPDX-License-Identifier: Apache-2.0
#include "reports/slowness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::reports {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// An int8 lane that is slower than its baseline and for which nothing is wrong: each test plants one cause.
class SlownessTest : public ::testing::Test {
 protected:
  SlownessTest() {
    record_.board.cpu.architecture = "aarch64";
    record_.board.cpu.isa = {"neon", "dotprod"};
    record_.board.cpu.allowed_cores = 4;
    cell_.variant = "int8";
    cell_.kernels = "auto";
    cell_.model.precision = "int8";
    cell_.model.ops = 60;
    cell_.model.macs = 300'000'000;
    lane_.runner.name = "tflite";
    lane_.runner.version = "2.9.0";
    lane_.runner.kernels = "xnnpack";
    lane_.runner.accelerated_parts = 1;
    lane_.cpu_ms = 5.0;
    compared_.latency.emplace();
    compared_.latency->p50_ms = compared_.latency->mean_ms = 5.0;
    compared_.speed_up.emplace();
    compared_.speed_up->verdict = "SLOWER";
  }
  [[nodiscard]] std::vector<std::string> causes() const { return slowness_causes({record_, cell_, lane_, compared_}); }

  Record record_;
  CellRecord cell_;
  LaneRecord lane_;
  LaneComparison compared_;
};

TEST_F(SlownessTest, NothingIsClaimedWithoutProof) { EXPECT_THAT(causes(), IsEmpty()); }

TEST_F(SlownessTest, OnlyDisappointingVerdictsAskForCauses) {
  lane_.runner.builtin_ops = {{"ADD", 1}};
  for (const auto& [verdict, precision, asks] :
       {std::tuple("SLOWER", "fp16", true), std::tuple("SLOWER", "int8", true), std::tuple("EQUIVALENT", "int8", true),
        std::tuple("DIFFERENT BUT SMALL", "dynamic", true), std::tuple("EQUIVALENT", "fp16", false),
        std::tuple("FASTER", "int8", false), std::tuple("INCONCLUSIVE", "int8", false)}) {
    compared_.speed_up->verdict = verdict;
    cell_.model.precision = precision;
    EXPECT_EQ(asks_for_causes(cell_, compared_), asks) << verdict << " " << precision;
    if (!asks) {
      EXPECT_THAT(causes(), IsEmpty()) << verdict << " " << precision;
    }
  }
  compared_.speed_up.reset();
  EXPECT_FALSE(asks_for_causes(cell_, compared_));
}

TEST_F(SlownessTest, ARefusalIsToldInTheRunnersWords) {
  lane_.runner.kernels = "builtin";
  lane_.runner.notes = {"something else", "built-in kernels, because XNNPACK failed: scale too small in node 3"};
  EXPECT_THAT(causes(), ElementsAre("built-in kernels, because XNNPACK failed: scale too small in node 3"));
}

TEST_F(SlownessTest, BuiltinKernelsThatWereAskedForAreTheUsersChoice) {
  lane_.runner.kernels = cell_.kernels = "builtin";
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("were asked for")));
}

TEST_F(SlownessTest, APartialRefusalNamesTheOps) {
  lane_.runner.accelerated_parts = 3;
  lane_.runner.builtin_ops = {{"RESIZE_BILINEAR", 2}, {"GATHER", 4}, {"A", 1}, {"B", 1}, {"C", 1}};
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("XNNPACK runs 3 parts, 9 ops stay with the built-in kernels "
                                              "(4 GATHER, 2 RESIZE_BILINEAR, 1 A, 1 B and 1 other)")));
  lane_.runner.kernels = "delegate";
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("the delegate runs 3 parts")));
}

TEST_F(SlownessTest, OpsThatTheAcceleratorsCompilerLeftOut) {
  lane_.runner.kernels = "delegate";
  cell_.model.compilation = CompilationRecord{"x.log", "v16", 40, 7, {{"SOFTMAX", 1, "no"}, {"MEAN", 6, "no"}}};
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("mapped 40 ops to the accelerator and left 7 to the CPU (6 MEAN")));
}

TEST_F(SlownessTest, ASlowLinkOfTheAccelerator) {
  lane_.runner.kernels = "delegate";
  lane_.accelerator = AcceleratorRecord{.family = "coral", .warnings = {"link at 480 Mb/s"}};
  EXPECT_THAT(causes(), ElementsAre("accelerator: link at 480 Mb/s"));
}

TEST_F(SlownessTest, HybridKernels) {
  cell_.model.precision = "dynamic";
  EXPECT_THAT(causes(), IsEmpty());  // everything is delegated
  lane_.runner.builtin_ops = {{"CONV_2D", 9}};
  EXPECT_THAT(causes(), Contains(HasSubstr("hybrid kernels")));
}

TEST_F(SlownessTest, SixteenBitActivationsOnReferenceKernels) {
  cell_.model.precision = "int16x8";
  lane_.runner.kernels = "builtin";
  EXPECT_THAT(causes(), Contains(HasSubstr("reference kernels")));
}

TEST_F(SlownessTest, NoDotProductInstruction) {
  record_.board.cpu.isa = {"neon"};
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("no instruction for int8 dot products (dotprod or i8mm)")));
  record_.board.cpu.architecture = "x86_64";
  record_.board.cpu.isa = {"avx2"};
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("AVX512-VNNI")));
  record_.board.cpu.isa = {};  // not told is not absent
  EXPECT_THAT(causes(), IsEmpty());
  record_.board.cpu.isa = {"neon"};
  record_.board.cpu.architecture = "aarch64";
  cell_.model.precision = "fp16";
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(SlownessTest, RuntimeOlderThanTheInstructions) {
  record_.board.cpu.architecture = "x86_64";
  record_.board.cpu.isa = {"avx2", "avx512_vnni"};
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("TensorFlow Lite 2.9.0 has no VNNI kernels")));
  for (const char* version : {"2.17.0", "3.0.0", "", "unknown"}) {
    lane_.runner.version = version;
    EXPECT_THAT(causes(), IsEmpty()) << version;
  }
}

TEST_F(SlownessTest, ConversionsThatAreALargeShare) {
  cell_.model.conversion_ops = 5;
  EXPECT_THAT(causes(), IsEmpty());
  cell_.model.conversion_ops = 6;
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("6 of 60 ops only convert")));
}

TEST_F(SlownessTest, TooSmallToGain) {
  compared_.latency->p50_ms = 0.06;
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("too small to gain: 1.0 \u00b5s an op (60 ops, 300000000 MACs)")));
  lane_.batch = 64;
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(SlownessTest, ThreadsThatSpin) {
  CellRecord single = cell_;
  single.lanes = {lane_};
  single.lanes[0].blocks = {{0, 0, 0.0, {5'000'000, 5'000'000, 5'100'000}}};
  record_.cells = {single};
  cell_.threads = 4;
  lane_.cpu_ms = 19.5;
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("spinning threads: 19.5 ms of CPU time for 5 ms of wall time, yet it is "
                                              "as fast with 1 thread")));
  compared_.latency->p50_ms = compared_.latency->mean_ms = 2.0;  // more than twice as fast: they work
  lane_.cpu_ms = 7.9;
  EXPECT_THAT(causes(), IsEmpty());
}

TEST_F(SlownessTest, MoreThreadsThanCpus) {
  cell_.threads = 8;
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("8 threads share 4 CPUs")));
}

TEST_F(SlownessTest, ABatchOfSingleInvokes) {
  lane_.batch = 64;
  lane_.batching = "singles";
  EXPECT_THAT(causes(), ElementsAre(HasSubstr("a batch of 64 is that many single invokes")));
}

TEST_F(SlownessTest, ABoardThatWasNotSteady) {
  lane_.tags = {"throttled"};
  lane_.tag_reasons = {"firmware: under-voltage"};
  EXPECT_THAT(causes(), ElementsAre("the board was not steady: firmware: under-voltage"));
}

TEST_F(SlownessTest, SeveralCausesStandSideBySide) {
  record_.board.cpu.isa = {"neon"};
  lane_.runner.builtin_ops = {{"ADD", 1}};
  cell_.model.conversion_ops = 20;
  EXPECT_EQ(causes().size(), 3U);
  EXPECT_THAT(causes(), Not(Contains(HasSubstr("ops stay"))));  // one op stays
}

}  // namespace
}  // namespace qbench::reports
