// SPDX-License-Identifier: Apache-2.0
#include "harness/board/cpu_isa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CpuIsaTest, LinesAboutTheBoardAreNotPartOfTheLastCore) {
  const auto cores = parse_cpuinfo("processor\t: 0\nCPU part\t: 0xd03\n\nHardware\t: BCM2835\nmodel name : wrong\n");
  ASSERT_EQ(cores.size(), 1U);
  EXPECT_EQ(cores[0].part, "0xd03");
  EXPECT_EQ(cores[0].model_name, "");
}

TEST(CpuIsaTest, ArchitectureComesFromTheWordsOfEachFamily) {
  EXPECT_EQ(architecture_of({.flags = "fpu lm sse"}), "x86_64");
  EXPECT_EQ(architecture_of({.flags = "fpu sse"}), "i686");
  EXPECT_EQ(architecture_of({.features = "fp asimd crc32"}), "aarch64");
  EXPECT_EQ(architecture_of({.features = "half thumb fastmult vfp edsp neon vfpv3"}), "arm");
  EXPECT_EQ(architecture_of({.isa = "rv64imafdc"}), "riscv64");
  EXPECT_EQ(architecture_of({}), "");
}

TEST(CpuIsaTest, UnknownArmPartKeepsItsNumbers) {
  EXPECT_EQ(core_name({.implementer = "0x41", .part = "0xd08"}), "Cortex-A72");
  EXPECT_EQ(core_name({.implementer = "0x41", .part = "0xfff"}), "Arm core 0x41:0xfff");
}

TEST(CpuIsaTest, ArmFeaturesGetTheirCommonNames) {
  EXPECT_THAT(isa_features({.features = "fp asimd asimdhp asimddp i8mm bf16 sve sve2 sme aes"}),
              ElementsAre("neon", "fp16", "dotprod", "i8mm", "bf16", "sve", "sve2", "sme"));
}

TEST(CpuIsaTest, ExtensionNameWithAVIsNotTheVectorExtension) {
  EXPECT_THAT(isa_features({.isa = "rv64imafdc_svinval_zvfh"}), ElementsAre("zvfh"));
  EXPECT_THAT(isa_features({.isa = "rv64imafdc"}), IsEmpty());
  EXPECT_THAT(isa_features({.isa = "rv64imafdcv"}), ElementsAre("rvv"));
}

TEST(CpuIsaTest, X86FlagsThatMatterAreKeptInOrder) {
  EXPECT_THAT(isa_features({.flags = "amx_int8 avx512_vnni avx_vnni avx2 sse lm amx_tile"}),
              ElementsAre("avx2", "avx_vnni", "avx512_vnni", "amx_tile", "amx_int8"));
}

}  // namespace
}  // namespace qbench
