// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qbench::testing {

/// How `text` differs from the golden file of this name; "" when it does not. Numbers may differ by 1e-9 of their
/// size: the last digits of a logarithm depend on the machine. With QBENCH_REGENERATE_GOLDEN set the file is written
/// instead.
[[nodiscard]] std::string golden_difference(std::string_view name, const std::string& text);

/// The same between two texts.
[[nodiscard]] std::string text_difference(std::string_view expected, std::string_view actual);

}  // namespace qbench::testing
