// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/predictions.h"
#include "core/record.h"
#include "reports/history/byte_packing.h"

namespace qbench::reports::history {

// What the history file keeps of a run as blobs. Readers throw Error(kConfig) naming `source` on damaged bytes.

/// All timed samples of a lane. Rounds, processes and nanoseconds come back exactly, start times to the millisecond.
[[nodiscard]] Bytes pack_blocks(const std::vector<BlockRecord>& blocks);
[[nodiscard]] std::vector<BlockRecord> unpack_blocks(std::span<const std::byte> bytes, const std::string& source);

/// The record without its samples, which lie with their lanes.
[[nodiscard]] Bytes pack_record(const Record& record);
[[nodiscard]] Record unpack_record(std::span<const std::byte> bytes, const std::string& source);

/// Predictions in two parts. The images with their classes are the same every night and the answers often are: each
/// distinct blob is kept once. Per image: sample, label, best class, finite; ranks below the first and scores are not
/// kept.
struct PackedPredictions {
  Bytes truth;
  Bytes answers;
};
[[nodiscard]] PackedPredictions pack_predictions(std::vector<Prediction> predictions);
[[nodiscard]] std::vector<Prediction> unpack_predictions(std::span<const std::byte> truth,
                                                         std::span<const std::byte> answers, const std::string& source);

/// SHA-256 (32 bytes) that tells one run from every other: when, where, and every sample and answer of it. A record
/// that is written again by another version has the same.
[[nodiscard]] Bytes run_identity(const Record& record);
/// SHA-256 of what was timed, whenever and under whatever names: no two measurements are alike to the nanosecond.
/// nullopt when nothing was.
[[nodiscard]] std::optional<Bytes> measured_identity(const Record& record);

/// Bytes of a hexadecimal text; empty when it is none.
[[nodiscard]] Bytes from_hex(std::string_view text);
[[nodiscard]] std::string to_hex(std::span<const std::byte> bytes);

}  // namespace qbench::reports::history
