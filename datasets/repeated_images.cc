// SPDX-License-Identifier: Apache-2.0
#include "datasets/repeated_images.h"

namespace qbench::datasets {
namespace {

constexpr std::size_t kMostExamples = 100;
constexpr std::size_t kHexBytes = 2;
/// 120 bits, which a std::string holds without an allocation: no two images of one set share them by chance.
constexpr std::size_t kKeyBytes = 15;

int hex_value(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

std::string key_of(std::string_view sha256) {
  std::string key;
  for (std::size_t i = 0; i + 1 < sha256.size() && key.size() < kKeyBytes; i += kHexBytes) {
    key += static_cast<char>(hex_value(sha256[i]) * 16 + hex_value(sha256[i + 1]));
  }
  return key;
}

}  // namespace

void RepeatFinder::add(std::size_t index, int label, std::string_view content_sha256) {
  if (content_sha256.empty()) return;
  const auto [first, is_new] = seen_.emplace(key_of(content_sha256), First{.index = index, .label = label});
  if (is_new) return;
  ++count_;
  const bool other_class = first->second.label != label;
  if (other_class) ++other_class_;
  std::vector<RepeatedImage>& examples = other_class ? other_class_examples_ : same_class_examples_;
  if (examples.size() < kMostExamples) {
    examples.push_back({.index = index, .original = first->second.index, .other_class = other_class});
  }
}

}  // namespace qbench::datasets
