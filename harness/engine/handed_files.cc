// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/handed_files.h"

#include <fcntl.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench::engine {
namespace {

UniqueFd open_handed(const std::string& path, int flags) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    throw Error(ErrorCode::kIo, "cannot {} '{}': {}", flags == O_RDONLY ? "read" : "write", path, errno_text(errno));
  }
  return fd;
}

}  // namespace

std::vector<UniqueFd> open_handed_files(const nlohmann::json& request) {
  std::vector<UniqueFd> files;
  if (request.value("op", "") != "attach") return files;
  files.push_back(open_handed(request.value("cache", std::string()), O_RDONLY));
  if (const std::string scores = request.value("scores", std::string()); !scores.empty()) {
    files.push_back(open_handed(scores, O_WRONLY));
  }
  return files;
}

}  // namespace qbench::engine
