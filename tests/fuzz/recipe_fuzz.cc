// SPDX-License-Identifier: Apache-2.0
// Any JSON is a recipe that survives being written and read again, or an Error.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>

#include "core/assert.h"
#include "core/error.h"
#include "core/recipe.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qbench;  // NOLINT(google-build-using-namespace)
  const nlohmann::json json = nlohmann::json::parse(data, data + size, nullptr, false);
  if (json.is_discarded()) return 0;
  try {
    const Recipe recipe = recipe_from_json(json);
    QBENCH_ASSERT(recipe_from_json(to_json(recipe)) == recipe);
    QBENCH_ASSERT(recipe_sha256(recipe).size() == 64);
  } catch (const Error&) {
    return 0;
  }
  return 0;
}
