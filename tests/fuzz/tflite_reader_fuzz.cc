// SPDX-License-Identifier: Apache-2.0
// Any bytes are a graph or an Error. A graph can be judged, inspected, drawn and described whatever is in it; one
// without fatal findings can be written, reads back as itself and can be rebatched.
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>

#include "core/assert.h"
#include "core/error.h"
#include "models/dot.h"
#include "models/inspect_json.h"
#include "models/rebatch.h"
#include "models/repair.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"

namespace {

using qbench::models::Finding;
using qbench::models::Graph;
using qbench::models::Severity;

bool is_sound(const Graph& graph) {
  for (const Finding& finding : qbench::models::validate(graph)) {
    if (finding.severity == Severity::kFatal) return false;
  }
  return true;
}

void check_rewriting(const Graph& graph) {
  // NaN scales are fatal, so equality of sound graphs means what it says; left-over min and max may hold NaN.
  const auto bytes = qbench::models::write_tflite(graph);
  QBENCH_ASSERT(qbench::models::write_tflite(qbench::models::read_tflite(bytes, "written")) == bytes);
  const qbench::models::Rebatched rebatched = qbench::models::rebatch(graph, 8);
  QBENCH_ASSERT(rebatched.graph.operators.size() == graph.operators.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> bytes = std::as_bytes(std::span(data, size));
  try {
    const Graph graph = qbench::models::read_tflite(bytes, "fuzz");
    QBENCH_ASSERT(!qbench::models::to_json(qbench::models::inspect(bytes, "fuzz")).dump().empty());
    QBENCH_ASSERT(!qbench::models::to_dot(graph, "fuzz").empty());
    if (is_sound(graph)) check_rewriting(graph);
    const Graph repaired = qbench::models::repair(graph).graph;
    if (is_sound(repaired)) check_rewriting(repaired);
  } catch (const qbench::Error&) {
    return 0;
  }
  return 0;
}
