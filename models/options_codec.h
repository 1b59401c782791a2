// SPDX-License-Identifier: Apache-2.0
// Internal to models/ (names flatbuffers): option tables to and from the structs of op_options.h.
#pragma once

#include <flatbuffers/flatbuffers.h>

#include "models/op_options.h"
#include "tflite_generated.h"

namespace qbench::models {

struct EncodedOptions {
  schema::BuiltinOptions type = schema::BuiltinOptions::NONE;
  flatbuffers::Offset<void> table;
};

/// The options of a verified operator. A table without a struct of its own becomes RawOptions, and `verifier` (of the
/// whole buffer) checks its bounds. Throws Error(kModel) when such a table is out of bounds or may hold more than
/// scalars.
[[nodiscard]] OperatorOptions decode_options(const schema::Operator& op, flatbuffers::Verifier& verifier);

/// Writes the options' table, if they have one.
[[nodiscard]] EncodedOptions encode_options(flatbuffers::FlatBufferBuilder& builder, const OperatorOptions& options);

}  // namespace qbench::models
