// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/files.h"
#include "runners/runner.h"

namespace qbench::engine {

/// Version of the requests and answers below; raised when one of them changes its meaning. The parent drives only
/// workers of its own version.
inline constexpr int kWorkerProtocol = 4;

/// Which build a worker belongs to.
struct WorkerIdentity {
  std::string version;
  std::string git_commit;
};

/// The child's side of a cell: answers requests on the socket until it is told to quit or the parent is gone.
/// One process holds one prepared runner. Requests are maps with an "op" and an "id", which the answer repeats; a
/// failed request is answered by {"error": {code, message}} and leaves the worker usable. protocol.h reads the answers.
/// `runners` is the list that a cell may choose from.
///
/// | op       | asks for                                                | answers                                |
/// |----------|---------------------------------------------------------|----------------------------------------|
/// | hello    | who it is                                               | protocol, version, commit              |
/// | load     | prepare the model at a batch size                       | specs, load time, memory, unless       |
/// |          |                                                         | `brief` the runner's description       |
/// | attach   | a tensor cache and the recipe's encoder; `view` says    | {}                                     |
/// |          | where image and scores are. Cache and scores come as    |                                        |
/// |          | open descriptors with it                                |                                        |
/// | first    | the first inference                                     | its time and peak memory               |
/// | block    | `dropped` + `timed` invokes on real images in turn,     | samples and copy times                 |
/// |          | with `planted_units` of extra work inside each          |                                        |
/// | evaluate | scores of images [first, first + count) into a file     | invoke time                            |
/// | quit     | the end                                                 |                                        |
///
/// Every reply may have `refused`: what the runtime has tried so far and the sandbox has refused. `load` encloses the
/// worker (worker_sandbox.h) before the library is opened.
///
/// Returns the process's exit code.
int run_worker(UniqueFd socket, const std::vector<runners::RunnerDescriptor>& runners, const WorkerIdentity& identity);

}  // namespace qbench::engine
