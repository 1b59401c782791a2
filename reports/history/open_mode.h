// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qbench::reports::history {

enum class OpenMode {
  kRead,   ///< the file must exist; nothing is written (a file of an older schema is brought up to date once)
  kWrite,  ///< made when it does not exist
};

}  // namespace qbench::reports::history
