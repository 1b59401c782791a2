// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "harness/engine/cell_state.h"
#include "harness/engine/image_store.h"

namespace qbench::engine {

/// Length of a window: a minute, or a tenth of a run that is shorter than ten minutes.
[[nodiscard]] double sustained_window_s(double seconds);

/// One invoke after the other on a lane that has warmed up, for `seconds` or until it fails or the run is interrupted
/// (the record is then partial). The board is sampled between stretches of half a second at most. `run` gives the
/// board log and may be without one.
[[nodiscard]] SustainedRecord run_sustained(RunState& run, Lane& lane, double seconds);

/// Runs each described cell that has not failed at batch 1 alone for settings.sustain_s, in a fresh worker, in the
/// plan's order; the first window is as cold as what ran before left the board. Finished ones are in the log, and those
/// found there are not measured again.
void measure_sustained(RunState& run, ImageStore& images, std::vector<CellState>& cells);

}  // namespace qbench::engine
