// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qbench {

/// One block of /proc/cpuinfo: the texts that name a core and its instruction sets.
struct CpuinfoCore {
  int processor = -1;
  std::string vendor;       ///< vendor_id (x86), mvendorid (RISC-V)
  std::string model_name;   ///< x86, and 32-bit Arm kernels
  std::string implementer;  ///< Arm, "0x41"
  std::string part;         ///< Arm, "0xd0b"
  std::string uarch;        ///< RISC-V
  std::string flags;        ///< x86
  std::string features;     ///< Arm
  std::string isa;          ///< RISC-V, "rv64imafdcv_zicsr"
  std::string mhz;          ///< x86
  std::string physical_id;  ///< x86
  std::string core_id;      ///< x86
};

/// Blocks of a cpuinfo text that hold a "processor" line, in its order.
[[nodiscard]] std::vector<CpuinfoCore> parse_cpuinfo(std::string_view text);

/// "x86_64", "i686", "aarch64", "arm", "riscv64", "riscv32"; empty when the core's lines do not tell.
[[nodiscard]] std::string architecture_of(const CpuinfoCore& core);

/// A person's name for the core: "Cortex-A76", "sifive,u74-mc", the x86 model name; empty when not told.
[[nodiscard]] std::string core_name(const CpuinfoCore& core);

/// The instruction sets of known_isa_features() that this core has, in that list's order.
[[nodiscard]] std::vector<std::string> isa_features(const CpuinfoCore& core);

}  // namespace qbench
