// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace qbench::datasets {

/// What a decoder process tells about one sample.
struct DecodedSample {
  std::string skip_reason;     ///< empty: the image is good
  std::string content_sha256;  ///< of the stored bytes; empty when they could not be read
  int width = 0;               ///< of the upright image
  int height = 0;
  bool reoriented = false;  ///< turned or mirrored by its EXIF orientation
  std::string said;         ///< what the image libraries printed, one line; usually empty
  [[nodiscard]] bool ok() const noexcept { return skip_reason.empty(); }
};

/// Samples in one request: as many files as are handed over with it.
inline constexpr std::size_t kMostInRequest = 64;

/// The form of a DecodedSample in memory that a decoder shares with its parent. The parent believes nothing of it: a
/// file that took the decoder over could have written anything.
class SharedSample {
 public:
  /// All but the hash.
  void store(const DecodedSample& sample);
  /// The hash, before decoding: it stays when the image ends the decoder.
  void store_hash(std::string_view sha256);
  /// Texts are valid UTF-8 of bounded length, the hash is 64 hex digits or empty.
  [[nodiscard]] DecodedSample load() const;

 private:
  std::uint8_t ok_ = 0;  // no bool: it may hold any bits
  std::uint8_t reoriented_ = 0;
  std::int32_t width_ = 0;
  std::int32_t height_ = 0;
  std::array<char, 65> sha256_{};
  std::array<char, 400> reason_{};
  std::array<char, 200> said_{};
};

/// Where one request's answers are written: this header, then the pixels of its samples, one after the other.
struct SharedSlot {
  std::atomic<std::uint32_t> done;  ///< samples answered, in order
  std::array<SharedSample, kMostInRequest> samples;
};
static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

/// Memory that this process shares with those that it forks later.
class SharedMemory {
 public:
  /// Throws Error(kOutOfMemory).
  explicit SharedMemory(std::size_t bytes);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;
  [[nodiscard]] std::span<std::byte> bytes() const noexcept { return bytes_; }

 private:
  std::span<std::byte> bytes_;
};

/// `text` on one line, without control bytes.
[[nodiscard]] std::string one_line(std::string_view text);

}  // namespace qbench::datasets
