// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/descriptor_limit.h"

#include <sys/resource.h>

#include "core/error.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kForACell = 2;  // its worker's socket and standard error
/// Results, the log, images on their way to a decoder, model and board files.
constexpr std::size_t kForTheRest = 48;

}  // namespace

void make_room_for_cells(std::size_t cells) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  if (limit.rlim_cur < limit.rlim_max) {
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  const std::size_t needed = kForACell * cells + kForTheRest;
  if (needed <= limit.rlim_cur) return;
  throw Error(ErrorCode::kUsage,
              "{} cells take turns and need {} open files, this process may have {}; raise the limit (ulimit -n {}) or "
              "run fewer cells at a time",
              cells, needed, limit.rlim_cur, needed);
}

}  // namespace qbench::engine
