// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/variant_kind.h"

#include <array>
#include <charconv>
#include <set>

#include "core/error.h"

namespace qbench::variants {
namespace {

using Kind = VariantKind::Kind;

constexpr std::string_view kPrunedPrefix = "pruned";

struct KnownKind {
  std::string_view name;
  Kind kind;
};
constexpr std::array kKnown = {KnownKind{"fp16", Kind::kFloat16},           KnownKind{"dynamic", Kind::kDynamic},
                               KnownKind{"weight-only", Kind::kWeightOnly}, KnownKind{"int8", Kind::kInt8},
                               KnownKind{"int16x8", Kind::kInt16x8},        KnownKind{"rounded", Kind::kRounded}};

}  // namespace

VariantKind variant_kind(std::string_view name) {
  for (const KnownKind& known : kKnown) {
    if (known.name == name) return {.kind = known.kind, .name = std::string(name)};
  }
  if (name.starts_with(kPrunedPrefix)) {
    int percent = 0;
    const char* end = name.data() + name.size();
    const auto parsed = std::from_chars(name.data() + kPrunedPrefix.size(), end, percent);
    if (parsed.ec == std::errc{} && parsed.ptr == end && percent >= 1 && percent <= 99) {
      return {.kind = Kind::kPruned, .name = std::string(name), .percent = percent};
    }
  }
  throw Error(
      ErrorCode::kUsage,
      "there is no variant '{}'; give fp16, dynamic, weight-only, int8, int16x8, rounded or pruned1 to pruned99", name);
}

std::vector<VariantKind> variant_kinds(const std::vector<std::string>& names) {
  std::vector<VariantKind> kinds;
  std::set<std::string> seen;
  for (const std::string& name : names) {
    if (!seen.insert(name).second) throw Error(ErrorCode::kUsage, "the variant '{}' is asked for twice", name);
    kinds.push_back(variant_kind(name));
  }
  if (kinds.empty()) throw Error(ErrorCode::kUsage, "no variant is asked for; give --to fp16,int8");
  return kinds;
}

}  // namespace qbench::variants
