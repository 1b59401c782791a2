// SPDX-License-Identifier: Apache-2.0
#include "core/input_guess.h"

#include <fmt/format.h>

namespace qbench {

std::string_view guess_of_input(const std::vector<int>& shape, std::string_view type) {
  constexpr int kShortestClip = 4000;  // a quarter of a second at 16 kHz
  if (type == "string") return "text";
  if (type == "int32" || type == "int64") return shape.size() <= 2 ? "token numbers of a text" : "";
  if (shape.empty()) return "a single number";
  const std::size_t rank = shape.size();
  if (rank <= 2) return shape.back() >= kShortestClip ? "audio samples" : "a row of plain numbers";
  if (rank == 3) return "a series of vectors, as of sound, text or sensors";
  if (rank == 5) return "a video or a volume";
  return "";
}

std::string looks_like(const std::vector<int>& shape, std::string_view type) {
  const std::string_view guess = guess_of_input(shape, type);
  return guess.empty() ? std::string() : fmt::format(" (it looks like {})", guess);
}

}  // namespace qbench
