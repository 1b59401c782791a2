// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

#include "core/record.h"

namespace qbench::datasets {
class Dataset;
}

namespace qbench::engine {

struct CellState;
struct Plan;
struct RunState;

/// What a piece of a run was measured of, with and on, part by part and legible: "model", "recipe", "dataset",
/// "kernels", "library", "worker", "board", ... It is kept beside the piece; a resumed run takes a piece from its log
/// only when all parts are what they would be now.
using Binding = std::map<std::string, std::string>;

/// The parts in which two bindings differ, each with both values ("model: was 1f2e..., is 9a8b..."), between
/// semicolons; empty when they agree.
[[nodiscard]] std::string binding_difference(const Binding& then, const Binding& now);

/// Of a described cell's pieces. Settings are part of it as far as the piece depends on them: not what only judges it
/// (margins, gates, a choice), nor deadlines and limits.
[[nodiscard]] Binding lane_binding(const RunState& run, const CellState& cell, int batch);
[[nodiscard]] Binding accuracy_binding(const RunState& run, const CellState& cell);
[[nodiscard]] Binding sustained_binding(const RunState& run, const CellState& cell);
/// Of the recipe's search, which comes before the images are decoded.
[[nodiscard]] Binding recipe_binding(const RunState& run, const CellState& cell);

/// Which samples of which classes a run was given; with `root`, below which the samples lie, also their files' sizes
/// and times: for a set that is not decoded before it is needed.
[[nodiscard]] std::string dataset_selection(const datasets::Dataset* dataset, const std::string& root);

/// Whether a failure may be gone the next time, so that a resumed run tries again: an interruption, a process that was
/// killed from outside or by the kernel for lack of memory, a full disk, too many files or no memory at the moment, a
/// file that was replaced meanwhile. A crash, a missed deadline, a limit that was reached and an error of the model are
/// results: they would cost their time again at every resume.
[[nodiscard]] bool can_pass(const Outcome& outcome);
/// The same of a lane, whose accelerator may have been away.
[[nodiscard]] bool can_pass(const LaneRecord& lane);

}  // namespace qbench::engine
