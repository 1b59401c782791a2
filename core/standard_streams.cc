// SPDX-License-Identifier: Apache-2.0
#include "core/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <initializer_list>

namespace qbench {

void open_standard_streams() noexcept {
  // open() gives the lowest free number, so each call fills the hole that the one before left.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    [[maybe_unused]] const int kept = ::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace qbench
