// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tensorflow/lite/c/common.h>

#include <array>
#include <cstddef>
#include <map>

namespace qbench::runners {

/// Sees how the delegates before it have split a graph. To the library it is one more delegate, asked after the others;
/// it takes no op, so the graph stays as it was. The C API has no other way to ask who runs what.
class PartitionObserver {
 public:
  explicit PartitionObserver(bool allow_dynamic_tensors);
  PartitionObserver(const PartitionObserver&) = delete;
  PartitionObserver& operator=(const PartitionObserver&) = delete;

  /// To be added last to the interpreter's options; this object must outlive the interpreter.
  [[nodiscard]] TfLiteDelegate* get() noexcept { return &delegate_.value; }

  /// Whether the library asked at all; if not, nothing is known.
  [[nodiscard]] bool was_asked() const noexcept { return was_asked_; }

  /// As of the last time the interpreter was prepared: parts of the graph that delegates run, and the ops left to the
  /// built-in kernels, builtin operator code -> count.
  [[nodiscard]] int delegated_parts() const noexcept { return delegated_parts_; }
  [[nodiscard]] const std::map<int, int>& builtin_ops() const noexcept { return builtin_ops_; }

 private:
  static TfLiteStatus look(TfLiteContext* context, TfLiteDelegate* delegate);
  void count(TfLiteContext* context);

  // Newer libraries know a longer struct; what they read behind this one must be zero.
  struct PaddedDelegate {
    TfLiteDelegate value{};
    std::array<std::byte, 64> padding{};
  };

  PaddedDelegate delegate_;
  bool was_asked_ = false;
  int delegated_parts_ = 0;
  std::map<int, int> builtin_ops_;
};

}  // namespace qbench::runners
