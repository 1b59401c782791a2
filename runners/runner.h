// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/tensor_spec.h"

namespace qbench::runners {

/// Which kernels a runner may use.
enum class Kernels {
  kAuto,     ///< the accelerated path (XNNPACK); when it refuses the model, the built-in kernels
  kXnnpack,  ///< the accelerated path or fail
  kBuiltin,  ///< the built-in kernels only
};

/// A vendor's delegate library (Edge TPU, GPU, NPU), opened by the runner.
struct DelegateOptions {
  std::filesystem::path library{};  ///< empty: none
  std::map<std::string, std::string> options{};
};

/// Everything that a cell may ask of a runner, whatever the back end.
struct RunnerOptions {
  std::filesystem::path library{};  ///< runtime library; empty: the runner's search order
  int threads = 1;
  int batch = 1;
  Kernels kernels = Kernels::kAuto;
  DelegateOptions delegate{};
};

/// What was really used: plain values for the record.
struct RunnerDescription {
  std::string name;                ///< "tflite"
  std::string version;             ///< the runtime's own version text
  std::filesystem::path library;   ///< the file that was opened
  std::string kernels;             ///< effective: "xnnpack" or "delegate" when it runs any op, else "builtin"
  std::vector<std::string> notes;  ///< e.g. why the accelerated path was refused, in the library's own words
  double delegate_create_ms = 0.0;
  /// How the graph is split, for runners that can tell: parts of it that the accelerated path runs, and the ops left to
  /// the built-in kernels as operator code of the model format -> count.
  int accelerated_parts = 0;
  std::map<int, int> builtin_ops{};
};

/// A back end that executes one model. Not thread safe: one thread uses an instance at a time; make a second instance
/// for concurrency. Lifetime: make -> prepare once -> any number of (fill inputs / invoke / get_output).
/// Errors are qbench::Error: kModel (the library refuses the model), kUnsupported (it cannot do what the options ask,
/// e.g. this batch), kRuntime (it failed), kOutOfMemory, kDevice.
class Runner {
 public:
  Runner() = default;
  virtual ~Runner() = default;
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Loads the model, resizes it to options.batch and plans its memory. Slow; timed as load time by the engine.
  /// `model` must outlive the runner. After a throw the object may be prepared again.
  virtual void prepare(std::span<const std::byte> model, const RunnerOptions& options) = 0;

  /// Stable after prepare.
  [[nodiscard]] virtual RunnerDescription describe() const = 0;
  [[nodiscard]] virtual const std::vector<TensorSpec>& inputs() const = 0;
  [[nodiscard]] virtual const std::vector<TensorSpec>& outputs() const = 0;

  /// The spec's byte_size() bytes that the next invoke reads as this input, to be filled in place. An invoke leaves
  /// the contents alone but may move them: ask again after it.
  [[nodiscard]] virtual std::span<std::byte> input_memory(std::size_t index) = 0;

  /// Copies bytes in or out; sizes must equal the spec's byte_size(). Timed apart from invoke.
  void set_input(std::size_t index, std::span<const std::byte> data);
  virtual void get_output(std::size_t index, std::span<std::byte> data) const = 0;

  /// Runs one batch and returns when the outputs are ready. The only call inside the clock.
  virtual void invoke() = 0;
};

/// Could a back end run here? Never a guess: opened and asked.
struct Availability {
  bool available = false;
  std::string reason;   ///< when not available: one line with what to do
  std::string version;  ///< when available
  std::filesystem::path library;
};

/// A back end as the program sees it: a constant record in the explicit list of builtin.h.
struct RunnerDescriptor {
  std::string name;
  std::string summary;
  Availability (*probe)(const RunnerOptions& options) = nullptr;  ///< never throws
  std::unique_ptr<Runner> (*make)() = nullptr;
  /// Files that prepare() may open as its runtime library, besides those that the options name; null: none.
  std::vector<std::filesystem::path> (*libraries)(const RunnerOptions& options) = nullptr;
};

}  // namespace qbench::runners
