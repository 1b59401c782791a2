// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/tensor_spec.h"
#include "runners/external_delegate.h"
#include "runners/runner.h"
#include "runners/tflite_library.h"
#include "runners/tflite_messages.h"
#include "runners/tflite_partition.h"

namespace qbench::runners {

/// Who executes the ops of a session.
enum class TfliteKernels { kBuiltin, kXnnpack, kDelegate };

/// One interpreter with its delegate, resized and allocated: ready to invoke. Errors as in runner.h.
class TfliteSession {
 public:
  /// `library` and `model` must outlive the session. options.batch becomes dimension 0 of every input that has the
  /// batch there. A model that computes the shape of an output is run once, on zeros, to learn it. With
  /// TfliteKernels::kDelegate, options.delegate is created first.
  TfliteSession(const TfliteLibrary& library, const TfLiteModel& model, TfliteKernels kernels,
                const RunnerOptions& options);
  TfliteSession(const TfliteSession&) = delete;
  TfliteSession& operator=(const TfliteSession&) = delete;
  ~TfliteSession() = default;

  [[nodiscard]] const std::vector<TensorSpec>& inputs() const noexcept { return inputs_; }
  [[nodiscard]] const std::vector<TensorSpec>& outputs() const noexcept { return outputs_; }
  /// What the library reported while it prepared the model all the same; may be empty.
  [[nodiscard]] const std::string& warnings() const noexcept { return warnings_; }
  /// Null on the built-in kernels, where there is nothing to split.
  [[nodiscard]] const PartitionObserver* partition() const noexcept { return partition_ ? &*partition_ : nullptr; }
  [[nodiscard]] double delegate_create_ms() const noexcept { return external_ ? external_->create_ms() : 0.0; }

  [[nodiscard]] std::span<std::byte> input_memory(std::size_t index);
  void get_output(std::size_t index, std::span<std::byte> data) const;
  void invoke();

 private:
  void create_delegate(TfliteKernels kernels, const RunnerOptions& options);
  void create_interpreter(const TfLiteModel& model, int threads);
  void allocate_at(int batch);
  void settle_dynamic_outputs();
  void check_batched_outputs(int batch) const;
  void resize_inputs(int from_batch, int to_batch);
  [[nodiscard]] Error allocation_failure(int batch, int own_batch);
  void read_specs();

  const TfliteApi& api_;
  // Destroyed from the last to the first: the interpreter before what it uses.
  TfliteMessages messages_;
  std::optional<ExternalDelegate> external_;
  TfliteHandle<TfLiteDelegate> xnnpack_;
  std::optional<PartitionObserver> partition_;
  TfliteHandle<TfLiteInterpreter> interpreter_;
  std::vector<TensorSpec> inputs_;
  std::vector<TensorSpec> outputs_;
  std::vector<int> batched_outputs_;  ///< those that had the model's own batch as dimension 0
  std::string warnings_;
};

}  // namespace qbench::runners
