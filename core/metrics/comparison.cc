// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/comparison.h"

#include <charconv>
#include <cmath>

#include "core/error.h"

namespace qbench::metrics {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

Comparison::Op op_of(std::string_view& rest) {
  const bool is_less = rest.front() == '<';
  const bool or_equal = rest.size() > 1 && rest[1] == '=';
  rest.remove_prefix(or_equal ? 2 : 1);
  if (is_less) return or_equal ? Comparison::Op::kAtMost : Comparison::Op::kLess;
  return or_equal ? Comparison::Op::kAtLeast : Comparison::Op::kGreater;
}

}  // namespace

bool Comparison::holds(Op op, double x, double limit) noexcept {
  switch (op) {
    case Op::kAtMost:
      return x <= limit;
    case Op::kLess:
      return x < limit;
    case Op::kAtLeast:
      return x >= limit;
    case Op::kGreater:
      return x > limit;
  }
  return false;
}

std::vector<std::string> split_terms(std::string_view text, std::string_view option) {
  std::vector<std::string> terms;
  for (std::size_t first = 0; first <= text.size();) {
    const std::size_t comma = std::min(text.find(',', first), text.size());
    const std::string_view term = trimmed(text.substr(first, comma - first));
    if (term.empty()) throw Error(ErrorCode::kUsage, "{} '{}': term {} is empty", option, text, terms.size() + 1);
    terms.emplace_back(term);
    first = comma + 1;
  }
  return terms;
}

Comparison parse_comparison(std::string_view term, std::string_view option) {
  const std::string_view whole = trimmed(term);
  const std::size_t at = whole.find_first_of("<>=");
  if (at == std::string_view::npos || whole[at] == '=') {
    throw Error(ErrorCode::kUsage, "{} '{}': one of <=, <, >= or > is needed between a name and a number", option,
                whole);
  }
  Comparison result;
  result.text = whole;
  result.name = trimmed(whole.substr(0, at));
  if (result.name.empty())
    throw Error(ErrorCode::kUsage, "{} '{}': a name is needed before the operator", option, whole);
  std::string_view rest = whole.substr(at);
  result.op = op_of(rest);
  rest = trimmed(rest);
  const bool has_plus = !rest.empty() && rest.front() == '+';
  if (has_plus) rest.remove_prefix(1);
  const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), result.value);
  const bool doubled_sign = has_plus && !rest.empty() && rest.front() == '-';
  if (status != std::errc() || doubled_sign || !std::isfinite(result.value)) {
    throw Error(ErrorCode::kUsage, "{} '{}': '{}' is not a number", option, whole, rest);
  }
  result.unit = trimmed(rest.substr(static_cast<std::size_t>(end - rest.data())));
  return result;
}

}  // namespace qbench::metrics
