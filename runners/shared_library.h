// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace qbench::runners {

/// A library opened at run time. Its names stay private to the handle, so two versions of one library can live in one
/// process. The code stays mapped after the handle is gone: runtimes register exit handlers and thread-local data, and
/// unloading them crashes.
class SharedLibrary {
 public:
  /// `name` with a slash is a file; without one the system's loader looks for it. Throws Error(kRuntime) with the
  /// loader's own reason.
  explicit SharedLibrary(const std::filesystem::path& name);
  SharedLibrary(SharedLibrary&& other) noexcept;
  SharedLibrary& operator=(SharedLibrary&& other) noexcept;
  ~SharedLibrary();

  /// The file that was opened.
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  /// The address of a name as a function pointer, or null when the library has no such name.
  template <typename Function>
  [[nodiscard]] Function find(const char* symbol) const noexcept {
    return reinterpret_cast<Function>(address(symbol));
  }

 private:
  [[nodiscard]] void* address(const char* symbol) const noexcept;

  void* handle_ = nullptr;
  std::filesystem::path path_;
};

}  // namespace qbench::runners
