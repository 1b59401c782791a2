// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/files.h"
#include "core/record.h"
#include "harness/engine/binding.h"

namespace qbench::engine {

/// cells.jsonl: one line for each finished piece of a run (a lane, an evaluation or a sustained run), synced to disk
/// before the next piece starts, so that a crash or an interruption loses nothing that was finished. Single-threaded.
class CellLog {
 public:
  /// A piece with what it was measured of and with.
  template <typename Piece>
  struct Logged {
    Piece record;
    Binding binding;
  };
  struct Accuracy : Logged<AccuracyRecord> {
    std::string predictions_sha256;     ///< predictions_digest() of what was counted
    std::vector<std::string> warnings;  ///< that came with it, for the cell's record
  };

  /// Opens or creates the file; a link in its place is not followed. A torn last line (a crash while writing) is moved
  /// to <file>.torn; damaged lines in the middle are kept and counted. Throws Error(kIo).
  explicit CellLog(const std::filesystem::path& path);

  /// Throws Error(kIo) with the path (a full disk); the file then ends with the last whole line.
  void append_lane(const std::string& cell, const LaneRecord& lane, const Binding& binding);
  void append_accuracy(const std::string& cell, const Accuracy& accuracy);
  /// The record's recipe, where it comes from, what images said of it and its warnings.
  void append_recipe(const CellRecord& cell, const Binding& binding);
  void append_sustained(const std::string& cell, const SustainedRecord& sustained, const Binding& binding);

  /// Pieces found when the file was opened; a later line wins over an earlier one.
  [[nodiscard]] const Logged<LaneRecord>* lane(const std::string& cell, int batch) const;
  [[nodiscard]] const Accuracy* accuracy(const std::string& cell) const;
  /// Of this record only id, recipe, its reason, source and trial, and the warnings are filled.
  [[nodiscard]] const Logged<CellRecord>* recipe(const std::string& cell) const;
  [[nodiscard]] const Logged<SustainedRecord>* sustained(const std::string& cell) const;
  /// What was wrong with the file, one line each.
  [[nodiscard]] const std::vector<std::string>& warnings() const noexcept { return warnings_; }

 private:
  void read_existing();
  void read_line(const std::string& line);
  void append_line(std::string line);

  std::filesystem::path path_;
  UniqueFd fd_;
  std::map<std::pair<std::string, int>, Logged<LaneRecord>> lanes_;
  std::map<std::string, Accuracy> accuracies_;
  std::map<std::string, Logged<SustainedRecord>> sustained_;
  std::map<std::string, Logged<CellRecord>> recipes_;
  std::vector<std::string> warnings_;
};

}  // namespace qbench::engine
