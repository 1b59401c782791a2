// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <vector>

#include "datasets/tensor_cache_writer.h"

namespace qbench::datasets {

/// Brings what several threads decode into one cache file. A file takes one writer at a time and puts the others to
/// sleep, which made two threads decode small images a third slower than into files of their own. So a thread that
/// finds another one writing leaves its piece to that one and goes on decoding.
class PieceWriter {
 public:
  /// `writer` is borrowed. As many as `most_waiting` pieces (at least 1) wait in memory.
  PieceWriter(const TensorCacheWriter& writer, std::size_t most_waiting);

  /// Writes whole images from image `first` on, or leaves them to the thread that writes; waits while too many pieces
  /// do. `pixels` becomes another buffer, with unspecified contents. Everything has been written when the calls of all
  /// threads have returned. Throws Error(kIo) to one thread when the disk is full; the other calls then do nothing.
  void write(std::size_t first, std::vector<std::uint8_t>& pixels);

 private:
  struct Piece {
    std::size_t first = 0;
    std::vector<std::uint8_t> pixels;
  };
  void write_waiting(std::unique_lock<std::mutex>& lock);

  const TensorCacheWriter& writer_;
  std::size_t most_waiting_;

  std::mutex mutex_;  ///< guards what follows
  std::condition_variable room_;
  std::deque<Piece> waiting_;
  std::vector<std::vector<std::uint8_t>> spare_;
  bool writing_ = false;  ///< one thread writes; true whenever a piece waits
  bool failed_ = false;
};

}  // namespace qbench::datasets
