// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/files.h"
#include "datasets/decoder_child.h"
#include "datasets/decoder_memory.h"

namespace qbench::datasets {

/// Samples that have been dealt with.
struct DecodedRange {
  std::size_t first = 0;
  std::vector<DecodedSample> samples;
  std::span<const std::uint8_t>
      pixels;  ///< of all of them, zeros of the skipped; valid until the decoder's next send()
};

/// A decoder, seen from the parent. It has two requests at a time, so that it never waits for its parent.
class DecoderProcess {
 public:
  /// Starts one for requests of at most `most` samples. `work` is borrowed. Throws Error(kIo) or Error(kOutOfMemory).
  DecoderProcess(const DecodeWork& work, std::size_t most);
  ~DecoderProcess();  ///< kills it
  DecoderProcess(const DecoderProcess&) = delete;
  DecoderProcess& operator=(const DecoderProcess&) = delete;

  [[nodiscard]] bool has_room() const noexcept { return sent_.size() < kSlots; }
  [[nodiscard]] bool busy() const noexcept { return !sent_.empty(); }
  /// Readable when there is something to receive().
  [[nodiscard]] int socket() const noexcept { return socket_.get(); }

  /// Opens the samples' files and hands them over. Returns false when this process or the system has no descriptors
  /// left for that. A decoder that has died takes it all the same; receive() tells.
  [[nodiscard]] bool send(const SampleRange& range);

  /// The next range that is ready; nothing when none is, or when the decoder has died (then is_dead()).
  [[nodiscard]] std::optional<DecodedRange> receive();
  [[nodiscard]] bool is_dead() const noexcept { return dead_; }
  /// Adds to the time that it has spent on one sample, and tells whether that is too long.
  [[nodiscard]] bool is_late(double seconds_more);

  /// What was done when it died, or is killed now: the sample that it was at is skipped for `reason`, or for how it
  /// ended when that is empty. `rest` gets what another decoder has to do.
  [[nodiscard]] DecodedRange bury(std::string reason, std::deque<SampleRange>& rest);
  /// Its CPU time; after bury() or close().
  [[nodiscard]] double cpu_seconds() const noexcept { return cpu_seconds_; }
  void close();

 private:
  static constexpr std::size_t kSlots = 2;
  struct Sent {
    std::size_t slot = 0;
    SampleRange range;
    std::vector<std::string> not_opened;  // why; empty for those that were
  };

  [[nodiscard]] SharedSlot& slot(std::size_t index) const;
  [[nodiscard]] DecodedRange collect(const Sent& sent, std::size_t count) const;
  [[nodiscard]] std::string how_it_ended(int status) const;
  int end();

  const DecodeWork& work_;
  std::size_t slot_stride_;
  SharedMemory memory_;
  UniqueFd socket_;
  UniqueFd messages_;
  pid_t pid_ = -1;
  bool dead_ = false;
  bool lied_ = false;
  double cpu_seconds_ = 0.0;
  std::deque<Sent> sent_;  // oldest first

  // Of the sample that it is at.
  std::size_t requests_done_ = 0;
  std::pair<std::size_t, std::size_t> at_{0, 0};
  double seconds_at_ = 0.0;
};

}  // namespace qbench::datasets
