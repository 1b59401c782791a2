// SPDX-License-Identifier: Apache-2.0
#include "runners/runner.h"

#include <algorithm>

#include "core/error.h"

namespace qbench::runners {

void Runner::set_input(std::size_t index, std::span<const std::byte> data) {
  const std::span<std::byte> memory = input_memory(index);
  if (memory.size() != data.size()) {
    throw Error(ErrorCode::kRuntime, "tensor '{}' holds {} bytes, {} were given", inputs()[index].name, memory.size(),
                data.size());
  }
  std::copy(data.begin(), data.end(), memory.begin());
}

}  // namespace qbench::runners
