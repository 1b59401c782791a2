// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <stop_token>

#include "datasets/decoder_child.h"
#include "datasets/decoder_process.h"

namespace qbench::datasets {

struct DecodeOptions {
  int jobs = 0;  ///< decoder processes; 0: as many as this process can keep busy
  /// Called about ten times a second, and once at the end. May be empty.
  std::function<void(std::size_t done, std::size_t total)> progress;
  std::stop_token stop;  ///< asks for an early end
};

struct DecodeReport {
  bool stopped = false;  ///< ended by the stop token, some samples were not done
  int jobs = 0;          ///< decoders that worked at a time
  double wall_seconds = 0.0;
  double cpu_seconds = 0.0;  ///< of the decoders and of this thread
};

/// Decodes the samples of `range` in processes of their own and gives each to `take` once, in any order. An image that
/// ends its decoder (by a crash, by more memory or more time than it may have) is skipped with that reason and nothing
/// else happens: a fresh decoder goes on behind it. The decoders can neither open files nor reach anything but the
/// memory that they share with this process. No thread of this process may hold a lock meanwhile; `take` and the
/// progress are called on the calling thread. Throws Error(kIo) when decoders cannot be started at all, and what
/// `take` throws.
DecodeReport decode_samples(const DecodeWork& work, const SampleRange& range,
                            const std::function<void(const DecodedRange&)>& take, const DecodeOptions& options);

}  // namespace qbench::datasets
