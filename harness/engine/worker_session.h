// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "core/classifier_view.h"
#include "datasets/image_reader.h"
#include "datasets/input_encoder.h"
#include "datasets/tensor_cache.h"
#include "harness/engine/prepared_model.h"
#include "runners/runner.h"

namespace qbench::engine {

/// What one worker process holds: a prepared runner and the images it is fed with. One method a request of worker.h;
/// all throw qbench::Error, which the caller answers with. Single-threaded.
class WorkerSession {
 public:
  explicit WorkerSession(const std::vector<runners::RunnerDescriptor>& runners) : runners_(runners) {}

  nlohmann::json load(const nlohmann::json& request);
  /// `files`: the cache and the scores, opened by the parent; without them the request's paths are opened.
  nlohmann::json attach(const nlohmann::json& request, std::vector<UniqueFd> files);
  nlohmann::json first();
  nlohmann::json block(const nlohmann::json& request);
  nlohmann::json evaluate(const nlohmann::json& request);

 private:
  /// Times of one batch, in nanoseconds; only `invoke` is a latency.
  struct BatchTimes {
    std::int64_t encode = 0;
    std::int64_t copy_in = 0;
    std::int64_t invoke = 0;   ///< planted work included
    std::int64_t planted = 0;  ///< extra work that a self-test asked for
    std::int64_t copy_out = 0;
    std::int64_t cpu = 0;  ///< of the process during invoke; 0 without the CPU clock
  };

  enum class CpuClock { kOff, kOn };

  /// Reading the CPU clock is a system call, which slows the inference that follows: by 0.4 % for one of 0.1 ms.
  [[nodiscard]] BatchTimes run_next_batch(CpuClock cpu_clock = CpuClock::kOff);
  void adopt_view(const ClassifierView& view);
  void run_once(BatchTimes& times, CpuClock cpu_clock);
  void encode_image(std::span<const std::uint8_t> pixels, std::size_t slot, std::span<std::byte> batch) const;
  /// Scores of images [first, first + count) into the file; nanoseconds of all invokes.
  std::int64_t evaluate_window(std::size_t first, std::size_t count, std::uint64_t base);
  void take_scores(std::size_t slot, std::span<float> scores) const;

  const std::vector<runners::RunnerDescriptor>& runners_;

  // Set by load().
  PreparedModel prepared_;

  // Set by attach().
  ClassifierView view_;
  std::vector<std::byte> input_;   // of one runner batch, where copying it in is timed
  std::vector<std::byte> output_;  // the scores of one
  std::optional<datasets::TensorCache> cache_;
  std::optional<datasets::InputEncoder> encoder_;
  std::optional<datasets::ImageReader> reader_;
  std::vector<std::size_t> feed_images_;  // good images, fed in turn while timing
  std::size_t fed_ = 0;
  std::int64_t planted_units_ = 0;  // of the block that runs
  UniqueFd scores_fd_;
};

}  // namespace qbench::engine
