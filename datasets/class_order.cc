// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_order.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>
#include <utility>

#include "core/error.h"
#include "datasets/class_text.h"

namespace qbench::datasets {
namespace {

constexpr int kImagenetOutputs = 1001;

/// How many classes the model has; 0: not known. Of 1001 outputs the first may be a background.
int model_classes(const DatasetOptions& options) {
  if (options.label_offset) return std::max(options.model_outputs - *options.label_offset, 0);
  return options.model_outputs == kImagenetOutputs ? 0 : options.model_outputs;
}

std::vector<std::string> number_names(int count) {
  std::vector<std::string> names;
  names.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) names.push_back(std::to_string(i));
  return names;
}

/// Indices of `values` in ascending order of them.
template <typename Value>
std::vector<std::size_t> sorted_order(const std::vector<Value>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&values](std::size_t i) -> const Value& { return values[i]; });
  return order;
}

ClassMap in_order(const std::vector<std::string>& names, const std::vector<std::size_t>& order) {
  ClassMap map{.names = {}, .index = std::vector<int>(names.size()), .facts = {}};
  for (const std::size_t i : order) {
    map.index[i] = static_cast<int>(map.names.size());
    map.names.push_back(names[i]);
  }
  return map;
}

/// Whole numbers from 0 on, each once.
std::vector<int> distinct_numbers(const std::vector<std::string>& names) {
  std::vector<int> numbers;
  for (const std::string& name : names) {
    const std::optional<int> number = whole_number(name);
    if (!number || *number < 0) return {};
    numbers.push_back(*number);
  }
  const std::set<int> each(numbers.begin(), numbers.end());
  return each.size() == numbers.size() ? numbers : std::vector<int>();
}

/// Folders that are numbers.
ClassMap numbered_folders(const OwnClasses& own, const std::vector<int>& numbers, int classes) {
  const bool are_indices = std::ranges::min(numbers) == 0 && std::ranges::max(numbers) < classes;
  ClassMap map;
  if (are_indices) {
    map = {.names = number_names(classes), .index = numbers, .facts = {}};
    for (std::size_t i = 0; i < numbers.size(); ++i) map.names[static_cast<std::size_t>(numbers[i])] = own.names[i];
    map.facts.class_order = "folder names are class numbers";
  } else {
    map = in_order(own.names, sorted_order(numbers));
    map.facts.class_order = "folder names in numeric order";
  }
  map.facts.other_order = other_positions(map.names, false);
  return map;
}

/// Labels of a list, when they are numbers.
ClassMap numbered_labels(const OwnClasses& own, int classes) {
  ClassMap map;
  for (std::size_t i = 0; i < own.names.size(); ++i) {
    const int number = whole_number(own.names[i]).value_or(-1);
    if (number < 0 || number >= kMaxClasses) {
      throw Error(ErrorCode::kDataset, "{}: label {} is out of range, it must be from 0 to {}", own.where[i],
                  own.names[i], kMaxClasses - 1);
    }
    map.index.push_back(number);
  }
  map.names = number_names(std::max(std::ranges::max(map.index) + 1, classes));
  map.facts.class_order = "labels are class numbers";
  return map;
}

void refuse_mixture(const OwnClasses& own) {
  const auto is_number = [](const std::string& name) { return whole_number(name).has_value(); };
  const auto name = std::ranges::find_if_not(own.names, is_number);
  if (name == own.names.end() || std::ranges::none_of(own.names, is_number)) return;
  throw Error(ErrorCode::kDataset,
              "{} mixes class numbers and class names ('{}'); give --labels FILE with the names in the order of the "
              "model's outputs",
              own.owner, *name);
}

ClassMap in_given_order(const OwnClasses& own) {
  ClassMap map{.names = own.order, .index = {}, .facts = {.class_order = "the columns of " + own.owner}};
  for (const std::string& name : own.names) {
    map.index.push_back(static_cast<int>(std::ranges::find(own.order, name) - own.order.begin()));
  }
  return map;
}

/// What is left of the names without what all of them begin with, digits apart.
std::vector<int> numbers_after_common_prefix(const std::vector<std::string>& names) {
  std::size_t common = names[0].size();
  for (const std::string& name : names) {
    const auto differs = std::ranges::mismatch(names[0], name).in1 - names[0].begin();
    common = std::min(common, static_cast<std::size_t>(differs));
  }
  while (common > 0 && names[0][common - 1] >= '0' && names[0][common - 1] <= '9') --common;
  std::vector<std::string> ends;
  for (const std::string& name : names) ends.push_back(name.substr(common));
  return distinct_numbers(ends);
}

std::vector<int> positions(const std::vector<std::size_t>& order) {
  if (std::ranges::is_sorted(order)) return {};
  std::vector<int> positions(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) positions[order[i]] = static_cast<int>(i);
  return positions;
}

/// As the user says; no other order is as likely then.
ClassMap in_asked_order(const OwnClasses& own, ClassOrder asked) {
  if (asked == ClassOrder::kText) {
    ClassMap map = in_order(own.names, sorted_order(own.names));
    map.facts.class_order = "names in text order, as given";
    return map;
  }
  const std::vector<int> numbers = numbers_after_common_prefix(own.names);
  if (numbers.empty()) {
    throw Error(ErrorCode::kDataset,
                "the classes of {} cannot stand in numeric order: '{}' and '{}' differ in more than "
                "one number",
                own.owner, own.names.front(), own.names.back());
  }
  ClassMap map = in_order(own.names, sorted_order(numbers));
  map.facts.class_order = "names in numeric order, as given";
  return map;
}

}  // namespace

std::vector<int> other_positions(const std::vector<std::string>& names, bool numeric) {
  if (names.size() < 2) return {};
  if (!numeric) return positions(sorted_order(names));
  const std::vector<int> numbers = numbers_after_common_prefix(names);
  return numbers.empty() ? std::vector<int>() : positions(sorted_order(numbers));
}

ClassMap order_classes(const OwnClasses& own, const DatasetOptions& options) {
  if (!own.order.empty()) return in_given_order(own);
  if (own.kind == OwnClasses::Kind::kFolder && options.class_order != ClassOrder::kAuto) {
    return in_asked_order(own, options.class_order);
  }
  if (own.kind == OwnClasses::Kind::kListLabel) {
    refuse_mixture(own);
    if (whole_number(own.names.front())) return numbered_labels(own, model_classes(options));
  } else if (const std::vector<int> numbers = distinct_numbers(own.names); !numbers.empty()) {
    return numbered_folders(own, numbers, model_classes(options));
  }
  ClassMap map = in_order(own.names, sorted_order(own.names));
  map.facts.class_order =
      own.kind == OwnClasses::Kind::kFolder ? "folder names in text order" : "label names in text order";
  map.facts.other_order = other_positions(map.names, true);
  return map;
}

}  // namespace qbench::datasets
