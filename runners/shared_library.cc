// SPDX-License-Identifier: Apache-2.0
#include "runners/shared_library.h"

#include <dlfcn.h>
#include <link.h>

#include <utility>

#include "core/error.h"

namespace qbench::runners {
namespace {

std::filesystem::path loaded_file(void* handle, const std::filesystem::path& name) {
  link_map* map = nullptr;
  if (dlinfo(handle, RTLD_DI_LINKMAP, static_cast<void*>(&map)) != 0 || map->l_name == nullptr) return name;
  return *map->l_name == '\0' ? name : std::filesystem::path(map->l_name);
}

/// Opening a pipe waits for a writer, for ever.
const std::filesystem::path& checked(const std::filesystem::path& name) {
  std::error_code unknown;  // then dlopen() tells
  const auto status = std::filesystem::status(name, unknown);
  if (name.has_parent_path() && !unknown && std::filesystem::exists(status) &&
      !std::filesystem::is_regular_file(status)) {
    throw Error(ErrorCode::kRuntime, "cannot open the library {}: not a regular file", name.string());
  }
  return name;
}

}  // namespace

SharedLibrary::SharedLibrary(const std::filesystem::path& name)
    : handle_(dlopen(checked(name).c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) {
  if (handle_ == nullptr) {
    const char* reason = dlerror();
    throw Error(ErrorCode::kRuntime, "cannot open the library {}: {}", name.string(),
                reason != nullptr ? reason : "no reason given");
  }
  path_ = loaded_file(handle_, name);
}

SharedLibrary::SharedLibrary(SharedLibrary&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}

SharedLibrary& SharedLibrary::operator=(SharedLibrary&& other) noexcept {
  std::swap(handle_, other.handle_);
  std::swap(path_, other.path_);
  return *this;
}

SharedLibrary::~SharedLibrary() {
  if (handle_ != nullptr) dlclose(handle_);
}

void* SharedLibrary::address(const char* symbol) const noexcept { return dlsym(handle_, symbol); }

}  // namespace qbench::runners
