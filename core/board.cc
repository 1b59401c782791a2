// SPDX-License-Identifier: Apache-2.0
#include "core/board.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <utility>

#include "core/sha256.h"

namespace qbench {

namespace {

constexpr std::uint64_t kGiB = 1ULL << 30;
constexpr std::uint64_t kQuarterGiB = kGiB / 4;
constexpr std::size_t kLongestSlug = 60;
constexpr std::size_t kShortHashDigits = 8;

// Firmware and kernel keep a changing part of the memory for themselves; the module's size is what identifies a board.
std::uint64_t module_bytes(std::uint64_t total_bytes) {
  const std::uint64_t step = total_bytes > kGiB ? kGiB : kQuarterGiB;
  return (total_bytes + step - 1) / step * step;
}

}  // namespace

bool CpuInfo::has_isa(const std::string& feature) const { return std::ranges::find(isa, feature) != isa.end(); }

const std::vector<std::string>& known_isa_features() {
  static const std::vector<std::string> features = {
      "sse4_2",      "avx",         "f16c",        "fma",      "avx2",     "avx_vnni", "avx512f", "avx512bw",
      "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile", "amx_int8", "amx_bf16",                    // x86
      "neon",        "fp16",        "dotprod",     "i8mm",     "bf16",     "sve",      "sve2",    "sme",  // Arm
      "rvv",         "zvfh",        "zfh",                                                                // RISC-V
  };
  return features;
}

std::vector<std::string> throttle_flags(std::uint32_t firmware_word) {
  constexpr std::array<std::pair<unsigned, std::string_view>, 8> kBits = {{
      {0, "under-voltage now"},
      {1, "frequency capped now"},
      {2, "throttled now"},
      {3, "soft temperature limit now"},
      {16, "under-voltage since boot"},
      {17, "frequency capped since boot"},
      {18, "throttled since boot"},
      {19, "soft temperature limit since boot"},
  }};
  std::vector<std::string> flags;
  for (const auto& [bit, text] : kBits) {
    if ((firmware_word >> bit & 1U) != 0) flags.emplace_back(text);
  }
  return flags;
}

std::string slug_of(const std::string& text) {
  std::string slug;
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (std::isalnum(byte) != 0 && byte < 0x80) {
      slug.push_back(static_cast<char>(std::tolower(byte)));
    } else if (!slug.empty() && slug.back() != '-') {
      slug.push_back('-');
    }
    if (slug.size() == kLongestSlug) break;
  }
  while (!slug.empty() && slug.back() == '-') slug.pop_back();
  return slug.empty() ? "board" : slug;
}

void identify_board(Board& board) {
  board.name = board.device_tree_model;
  if (board.name.empty()) board.name = board.dmi_product;
  if (board.name.empty()) board.name = board.cpu.model;
  if (board.name.empty()) board.name = board.cpu.architecture;
  board.slug = slug_of(board.name);

  std::string facts = board.device_tree_model + '\n' + board.dmi_product + '\n' + board.cpu.model + '\n' +
                      board.cpu.architecture + '\n' + std::to_string(board.cpu.logical_cores) + '/' +
                      std::to_string(board.cpu.physical_cores) + '\n' +
                      std::to_string(module_bytes(board.memory.total_bytes)) + '\n';
  for (const std::string& feature : board.cpu.isa) facts += feature + ' ';
  board.id = board.slug + '-' + sha256_hex(facts).substr(0, kShortHashDigits);
}

}  // namespace qbench
