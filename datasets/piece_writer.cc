// SPDX-License-Identifier: Apache-2.0
#include "datasets/piece_writer.h"

#include <utility>

namespace qbench::datasets {

PieceWriter::PieceWriter(const TensorCacheWriter& writer, std::size_t most_waiting)
    : writer_(writer), most_waiting_(most_waiting) {}

void PieceWriter::write(std::size_t first, std::vector<std::uint8_t>& pixels) {
  std::unique_lock lock(mutex_);
  room_.wait(lock, [this] { return waiting_.size() < most_waiting_ || failed_; });
  if (failed_) return;
  waiting_.push_back({first, std::move(pixels)});
  pixels.clear();
  if (!spare_.empty()) {
    pixels = std::move(spare_.back());
    spare_.pop_back();
  }
  if (writing_) return;
  writing_ = true;
  try {
    write_waiting(lock);
  } catch (...) {
    lock.lock();
    failed_ = true;
    room_.notify_all();
    throw;
  }
  writing_ = false;
}

void PieceWriter::write_waiting(std::unique_lock<std::mutex>& lock) {
  while (!waiting_.empty()) {
    Piece piece = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    writer_.write(piece.first, piece.pixels);
    lock.lock();
    spare_.push_back(std::move(piece.pixels));
    room_.notify_one();
  }
}

}  // namespace qbench::datasets
