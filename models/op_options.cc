// SPDX-License-Identifier: Apache-2.0
#include "models/op_options.h"

namespace qbench::models {

Activation fused_activation(const OperatorOptions& options) {
  return std::visit(
      [](const auto& typed) {
        if constexpr (requires { typed.activation; }) {
          return typed.activation;
        } else {
          return Activation::kNone;
        }
      },
      options);
}

}  // namespace qbench::models
