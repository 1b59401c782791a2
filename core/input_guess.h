// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace qbench {

/// What an input that is no image looks like, to be said in a refusal: "audio samples", "token numbers of a text".
/// By shape (first dimension: the batch) and the name of its element type alone, so it is a guess and decides nothing.
/// Empty: no idea.
[[nodiscard]] std::string_view guess_of_input(const std::vector<int>& shape, std::string_view type);

/// " (it looks like audio samples)", or nothing.
[[nodiscard]] std::string looks_like(const std::vector<int>& shape, std::string_view type);

}  // namespace qbench
