// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qbench::testing {

/// What an output may hold for its form.
struct AllowedBytes {
  bool lines = false;    ///< '\n', and '\r' right before it
  bool colours = false;  ///< ESC [ digits and semicolons m
};

/// The first byte or character of `text` that would act on a terminal or a reader instead of being seen, with what
/// stands before it; "" when there is none. Written apart from core/printable.cc on purpose: it works on bytes.
[[nodiscard]] std::string raw_bytes_in(std::string_view text, AllowedBytes allowed = {});

}  // namespace qbench::testing
