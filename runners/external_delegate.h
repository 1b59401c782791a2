// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runners/runner.h"
#include "runners/shared_library.h"

struct TfLiteDelegate;

namespace qbench::runners {

/// A delegate made by a vendor's plug-in library (Edge TPU, GPU, NPU). The library is opened and asked here, never
/// through TfLiteExternalDelegateCreate: that function of runtime 2.9 returns uninitialised memory when it fails.
class ExternalDelegate {
 public:
  /// Opens options.library and asks it for a delegate; may take half a minute and may never return, so the caller
  /// needs a deadline. Throws Error(kRuntime) when the library cannot be opened or is no delegate plug-in, and
  /// Error(kDevice) with the plug-in's own reason when it makes no delegate.
  explicit ExternalDelegate(const DelegateOptions& options);

  /// Owned by this object, which must outlive the interpreter that uses it.
  [[nodiscard]] TfLiteDelegate* get() const noexcept { return delegate_.get(); }
  [[nodiscard]] double create_ms() const noexcept { return create_ms_; }

 private:
  SharedLibrary library_;
  std::unique_ptr<TfLiteDelegate, void (*)(TfLiteDelegate*)> delegate_;
  double create_ms_ = 0.0;
};

}  // namespace qbench::runners
