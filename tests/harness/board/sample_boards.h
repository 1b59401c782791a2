// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "tests/support/recorded_tree.h"

namespace qbench::testing {

// Machines as /proc and /sys would show them, written from the formats that the kernel documents. Serial numbers,
// host names and counters are made up.

/// Four Cortex-A72, firmware word 50005, ondemand governor, no energy meter, on an up-to-date 64-bit system.
void write_raspberry_pi_4(RecordedTree& tree);
/// Four Cortex-A76 with dot product and fp16, performance governor, never throttled.
void write_raspberry_pi_5(RecordedTree& tree);
/// Four Cortex-A55 and two Cortex-A78 of other speed, an INA3221 on the supply, several thermal zones.
void write_big_little(RecordedTree& tree);
/// Eight RISC-V cores with the vector extension.
void write_riscv(RecordedTree& tree);
/// Four cores, eight threads, AVX2 and VNNI, running on battery, RAPL readable, 17 throttle events.
void write_x86_laptop(RecordedTree& tree);
/// A docker container on an x86 virtual machine that was given /proc but not /sys; 4 % of the CPU time is stolen.
void write_bare_container(RecordedTree& tree);

}  // namespace qbench::testing
