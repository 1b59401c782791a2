// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "core/board.h"
#include "harness/engine/accelerator_watch.h"

namespace qbench::app {

/// The probe that a run asks about its accelerators: this machine's devices, opened but never claimed, and the delegate
/// library's own list of them. A probe that fails is an answer: no device, with the reason.
[[nodiscard]] engine::AcceleratorProbe accelerator_probe(const Board& board);

}  // namespace qbench::app
