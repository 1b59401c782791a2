// SPDX-License-Identifier: Apache-2.0
#include "core/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <string>

#include "core/error.h"
#include "core/files.h"

namespace qbench {

ScratchFolder::ScratchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "qbench-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    throw Error(ErrorCode::kIo, "no temporary folder '{}': {}; set TMPDIR to a folder that can be written", name,
                errno_text(errno));
  }
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace qbench
