// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_labels.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/nearest.h"

namespace qbench::datasets {
namespace {

constexpr std::uint64_t kMaxLabelsFileBytes = 16ULL << 20U;
constexpr int kAmbiguous = -1;

void insert(std::map<std::string, int, std::less<>>& map, std::string key, int index) {
  const auto [at, inserted] = map.emplace(std::move(key), index);
  if (!inserted && at->second != index) at->second = kAmbiguous;
}

}  // namespace

std::vector<std::string> read_class_names(const std::filesystem::path& file) {
  std::string text;
  try {
    text = read_text_file(file, kMaxLabelsFileBytes);
  } catch (const Error& error) {
    throw Error(ErrorCode::kDataset, "labels: {}", error.what());
  }
  std::string_view rest = text;
  if (rest.starts_with("\xEF\xBB\xBF")) rest.remove_prefix(3);
  std::vector<std::string> names;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    names.emplace_back(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  while (!names.empty() && names.back().empty()) names.pop_back();
  if (names.empty()) throw Error(ErrorCode::kDataset, "labels file '{}' holds no class name", file.string());
  return names;
}

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || end != text.data() + text.size()) return std::nullopt;
  if (error == std::errc::result_out_of_range) return std::numeric_limits<int>::max();
  return error == std::errc() ? std::optional(value) : std::nullopt;
}

ClassIndex::ClassIndex(std::vector<std::string> names, std::string source)
    : names_(std::move(names)), source_(std::move(source)) {
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const int index = static_cast<int>(i);
    insert(by_line_, names_[i], index);
    insert(by_first_word_, names_[i].substr(0, names_[i].find_first_of(" \t,:")), index);
  }
}

int ClassIndex::find(std::string_view name) const {
  for (const auto* map : {&by_line_, &by_first_word_}) {
    const auto found = map->find(name);
    if (found == map->end()) continue;
    if (found->second == kAmbiguous) {
      throw Error(ErrorCode::kDataset, "class '{}' stands more than once in {}", name, source_);
    }
    return found->second;
  }
  // A thousand names would not be a hint.
  const std::string nearest = nearest_name(name, names_);
  const std::string hint = nearest.empty() ? std::string() : "; did you mean '" + nearest + "'?";
  throw Error(ErrorCode::kDataset, "class '{}' is not in {}{}", name, source_, hint);
}

int ClassIndex::parse(std::string_view label, std::string_view where) const {
  const std::optional<int> number = whole_number(label);
  try {
    if (!number) return find(label);
  } catch (const Error& error) {
    throw Error(ErrorCode::kDataset, "{}: {}", where, error.what());
  }
  if (*number < 0 || *number >= static_cast<int>(names_.size())) {
    throw Error(ErrorCode::kDataset, "{}: label {} is out of range, {} has {} classes", where, label, source_,
                names_.size());
  }
  return *number;
}

}  // namespace qbench::datasets
