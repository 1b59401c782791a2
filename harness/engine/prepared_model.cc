// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/prepared_model.h"

#include <optional>
#include <span>
#include <utility>

#include "core/error.h"
#include "harness/engine/model_check.h"

namespace qbench::engine {

PreparedModel prepare_model(const runners::RunnerDescriptor& descriptor, MappedFile file,
                            runners::RunnerOptions options, bool may_rebatch) {
  PreparedModel prepared;
  prepared.file = std::move(file);
  std::span<const std::byte> model = prepared.file.bytes();
  prepared.runner_batch = options.batch;
  prepared.runner = descriptor.make();
  try {
    prepared.runner->prepare(model, options);
    return prepared;
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kUnsupported || options.batch == 1) throw;
    if (!options.delegate.library.empty()) {  // compiled for batch 1: as many single invokes are what it costs there
      prepared.singles = options.batch;
      prepared.runner_batch = options.batch = 1;
      prepared.batching = "singles";
    } else {
      if (!may_rebatch) throw;
      std::optional<std::vector<std::byte>> rewritten = rewritten_for_batch(model, options.batch);
      if (!rewritten) throw;
      prepared.rewritten = std::move(*rewritten);
      model = prepared.rewritten;
      prepared.batching = "rewritten";
    }
  }
  prepared.runner = descriptor.make();
  prepared.runner->prepare(model, options);
  return prepared;
}

}  // namespace qbench::engine
