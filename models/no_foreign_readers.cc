// SPDX-License-Identifier: Apache-2.0
// Stands in for the protobuf readers in a program built without them.
#include "core/error.h"
#include "models/foreign_readers.h"

namespace qbench::models {

ForeignModel read_onnx(std::span<const std::byte> /*data*/, std::string_view name) {
  throw Error(ErrorCode::kUnsupported, "{}: this qbench was built without protobuf and cannot list ONNX models", name);
}

ForeignModel read_graph_def(std::span<const std::byte> /*data*/, std::string_view name) {
  throw Error(ErrorCode::kUnsupported, "{}: this qbench was built without protobuf and cannot list frozen graphs",
              name);
}

}  // namespace qbench::models
