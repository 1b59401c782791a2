// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "datasets/dataset.h"

namespace qbench::datasets {

/// What decoding one image may take. A photograph of 50 million pixels in a progressive JPEG takes 0.5 GB; WebP and
/// turned images take more.
struct DecodeLimits {
  std::size_t memory_bytes = std::size_t{1536} << 20U;  ///< what the decoder may allocate beyond what it starts with
  double image_seconds = 10.0;
};

/// Turns a decoded image into the pixels that are wanted. Returns an empty text, or why it cannot.
using PixelMaker = std::function<std::string(const Image& image, std::span<std::uint8_t> out)>;

/// What every decoder of one call does. Borrowed members.
struct DecodeWork {
  const Dataset* dataset = nullptr;
  bool apply_exif = true;
  std::size_t pixel_bytes = 0;  ///< of one sample; 0: only whether it can be decoded
  PixelMaker make_pixels;       ///< unused without pixel_bytes
  DecodeLimits limits;
};

/// A request, sent over the socket with a descriptor for each sample of `with_file`.
struct DecodeMessage {
  std::uint32_t slot = 0;
  std::uint32_t count = 0;
  std::uint64_t first = 0;      ///< sample of the dataset
  std::uint64_t with_file = 0;  ///< bit i: sample first + i comes with a descriptor
  std::uint64_t left_out = 0;   ///< bit i: it could not be opened, nothing is to be done
};

/// Bytes between the slots of the shared memory, whose requests have `count` samples.
[[nodiscard]] std::size_t slot_bytes(const DecodeWork& work, std::size_t count) noexcept;

/// The life of a decoder: a fork of the harness (of a moment when it has one thread) that takes requests from `socket`
/// until its other end closes. It keeps no descriptor but the socket, the dataset's shared files and `messages`, a
/// file that takes what the image libraries print. It is enclosed (core/sandbox) and dies with `parent`.
[[noreturn]] void run_decoder(const DecodeWork& work, std::span<std::byte> memory, std::size_t slot_stride, int socket,
                              int messages, pid_t parent);

}  // namespace qbench::datasets
