// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/record.h"

namespace qbench::reports {

/// The same thing in two records; borrowed from them.
struct CellPair {
  const CellRecord* a = nullptr;
  const CellRecord* b = nullptr;
};

struct Pairing {
  std::vector<CellPair> pairs;        ///< in the order of the first record
  std::vector<std::string> unpaired;  ///< cells and batches that only one record has, one line each
};

/// Pairs cells by variant, side, runner, kernels, delegate and threads; among several of these by the runtime library's
/// file name and, where that does not tell, by their order. The library itself may differ: it may be what is compared.
[[nodiscard]] Pairing pair_cells(const Record& a, const Record& b);

/// A cell that is the very same in both records, for `pair` to be measured against at `batch`: the same model file,
/// library, worker program, effective kernels, threads, delegate and recipe, timed well in both runs, and not the pair
/// itself. The first such of the first record; both null when there is none.
[[nodiscard]] CellPair shared_cell(const Record& a, const Record& b, const CellPair& pair, int batch);

}  // namespace qbench::reports
