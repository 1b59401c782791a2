// SPDX-License-Identifier: Apache-2.0
#include "datasets/label_meeting.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/nearest.h"
#include "datasets/class_match.h"
#include "datasets/class_text.h"
#include "datasets/label_file.h"

namespace qbench::datasets {
namespace {

constexpr int kNoRow = -1;

/// What a model's outputs are called.
struct Labels {
  std::vector<std::string> rows;
  std::string source;
  bool from_model = false;

  [[nodiscard]] bool have_background() const { return rows.size() > 1 && is_background_name(rows[0]); }
  [[nodiscard]] bool hold_numbers() const {
    return std::ranges::any_of(rows, [](const std::string& row) {
      const std::string tag = tagged_name(row).tag;
      return !tag.empty() && !tag.starts_with('n');
    });
  }
};

Labels labels_of(const DatasetOptions& options) {
  if (options.labels_file.empty()) return {options.model_labels, options.model_labels_source, true};
  return {read_label_file(options.labels_file), fmt::format("labels file '{}'", options.labels_file.string()), false};
}

/// Whole numbers as rows of the labels: they count the rows, or the classes after a background row.
class NumberMeeting {
 public:
  NumberMeeting(const OwnClasses& own, const Labels& labels, std::optional<int> label_offset)
      : own_(own), labels_(labels), label_offset_(label_offset) {}

  [[nodiscard]] std::vector<int> rows(const std::vector<int>& numbers) const {
    const int first = first_row(numbers);
    std::vector<int> rows;
    for (std::size_t i = 0; i < numbers.size(); ++i) rows.push_back(row(i, numbers[i], first));
    return rows;
  }

  /// Of the name at position `i`, which is `number`, when class 0 is row `first`.
  [[nodiscard]] int row(std::size_t i, int number, int first) const {
    const int classes = static_cast<int>(labels_.rows.size()) - first;
    if (number >= 0 && number < classes) return number + first;
    throw Error(ErrorCode::kDataset, "{}: label {} is out of range, {} has {} classes", own_.where[i], own_.names[i],
                labels_.source, classes);
  }

 private:
  [[nodiscard]] int first_row(const std::vector<int>& numbers) const {
    const bool from_zero = std::ranges::find(numbers, 0) != numbers.end();
    if (!labels_.have_background()) {
      if (own_.kind == OwnClasses::Kind::kFolder && !from_zero) refuse_unknown_start();
      return 0;
    }
    if (label_offset_) return *label_offset_ == 1 ? 1 : 0;
    const bool to_the_end = std::ranges::find(numbers, static_cast<int>(labels_.rows.size()) - 1) != numbers.end();
    if (from_zero != to_the_end) return from_zero ? 1 : 0;
    throw Error(ErrorCode::kDataset,
                "{}: its numbers may count the background of {} or not; give --label-offset 0 if 0 is the background, "
                "--label-offset 1 if 0 is '{}'",
                own_.owner, labels_.source, labels_.rows[1]);
  }

  [[noreturn]] void refuse_unknown_start() const {
    throw Error(ErrorCode::kDataset,
                "{}: its folders are numbers without a 0 ({}) and may count from 0 or from 1; rename them like the {} "
                "classes of {} ({})",
                own_.owner, quoted_list(own_.names), labels_.rows.size(), labels_.source, quoted_list(labels_.rows));
  }

  const OwnClasses& own_;
  const Labels& labels_;
  std::optional<int> label_offset_;
};

class NameMeeting {
 public:
  NameMeeting(const OwnClasses& own, const Labels& labels) : own_(own), labels_(labels) {}

  /// The row of each name, or kNoRow.
  [[nodiscard]] std::vector<int> rows() const {
    const ClassMatcher matcher(labels_.rows);
    const NumberMeeting numbers(own_, labels_, std::nullopt);
    const bool may_be_row =
        own_.kind == OwnClasses::Kind::kListLabel && !labels_.hold_numbers() && !labels_.have_background();
    std::vector<int> rows;
    for (std::size_t i = 0; i < own_.names.size(); ++i) {
      const std::vector<int> found = matcher.find(own_.names[i]);
      const std::optional<int> number = whole_number(own_.names[i]);
      if (found.size() > 1) refuse_ambiguous(i, found);
      if (!found.empty()) {
        rows.push_back(found[0]);
      } else {
        rows.push_back(number && may_be_row ? numbers.row(i, *number, 0) : kNoRow);
      }
    }
    return rows;
  }

  void refuse_strangers(const std::vector<int>& rows) const {
    std::vector<std::string> strangers;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] == kNoRow) strangers.push_back(own_.names[i]);
    }
    if (strangers.empty()) return;
    std::vector<std::string> left;
    for (std::size_t row = 0; row < labels_.rows.size(); ++row) {
      if (std::ranges::find(rows, static_cast<int>(row)) == rows.end()) left.push_back(labels_.rows[row]);
    }
    const std::string nearest = strangers.size() == 1 ? nearest_name(strangers[0], left) : std::string();
    const std::string classes = left.empty() ? std::string() : "; classes without one: " + quoted_list(left);
    throw Error(ErrorCode::kDataset, "{}: {} class of {}: {}{}{}; {}", place(rows), how_many(strangers.size()),
                labels_.source, quoted_list(strangers), classes,
                nearest.empty() ? std::string() : fmt::format("; did you mean '{}'?", nearest), advice());
  }

  void refuse_shared(const std::vector<int>& rows) const {
    std::vector<std::size_t> owner(labels_.rows.size(), rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::size_t& first = owner[static_cast<std::size_t>(rows[i])];
      if (first != rows.size()) {
        throw Error(ErrorCode::kDataset,
                    "{}: the folders '{}' and '{}' are both class '{}' of {}; merge or rename them", own_.owner,
                    own_.names[first], own_.names[i], labels_.rows[static_cast<std::size_t>(rows[i])], labels_.source);
      }
      first = i;
    }
  }

 private:
  [[nodiscard]] bool are_folders() const { return own_.kind == OwnClasses::Kind::kFolder; }

  [[nodiscard]] std::string place(const std::vector<int>& rows) const {
    const auto first = std::ranges::find(rows, kNoRow) - rows.begin();
    return are_folders() ? own_.owner : own_.where[static_cast<std::size_t>(first)];
  }

  [[nodiscard]] std::string how_many(std::size_t strangers) const {
    const std::string_view what = are_folders() ? "folders" : "labels";
    if (strangers == own_.names.size()) return fmt::format("none of the {} {} is a", strangers, what);
    return fmt::format("{} of the {} {} {}", strangers, own_.names.size(), what, strangers == 1 ? "is no" : "are no");
  }

  [[nodiscard]] std::string advice() const {
    const std::string_view mine = are_folders() ? "rename the folders" : "correct the list";
    if (!labels_.from_model) return fmt::format("{} or the names in that file", mine);
    return fmt::format("{}, or give --labels FILE with these names in the order of the model's outputs", mine);
  }

  [[noreturn]] void refuse_ambiguous(std::size_t i, const std::vector<int>& found) const {
    std::vector<std::string> names;
    for (const int row : found) names.push_back(labels_.rows[static_cast<std::size_t>(row)]);
    throw Error(ErrorCode::kDataset, "{}: '{}' may be more than one class of {}: {}; write it exactly as one of them",
                own_.where[i], own_.names[i], labels_.source, quoted_list(names));
  }

  const OwnClasses& own_;
  const Labels& labels_;
};

/// Whole numbers, when all names are.
std::optional<std::vector<int>> all_numbers(const std::vector<std::string>& names) {
  std::vector<int> numbers;
  for (const std::string& name : names) {
    const std::optional<int> number = whole_number(name);
    if (!number) return std::nullopt;
    numbers.push_back(*number);
  }
  return numbers;
}

void drop_background(ClassMap& map, std::optional<int> label_offset) {
  const bool is_meant = std::ranges::find(map.index, 0) != map.index.end() || label_offset == 0;
  if (map.names.size() < 2 || is_meant || !is_background_name(map.names[0])) return;
  map.names.erase(map.names.begin());
  for (int& index : map.index) --index;
  map.facts.background = true;
}

}  // namespace

std::optional<ClassMap> meet_labels(const OwnClasses& own, const DatasetOptions& options) {
  const Labels labels = labels_of(options);
  if (labels.rows.empty()) return std::nullopt;
  const std::optional<std::vector<int>> numbers = labels.hold_numbers() ? std::nullopt : all_numbers(own.names);
  ClassMap map{.names = labels.rows, .index = {}, .facts = {}};
  if (numbers) {
    map.index = NumberMeeting(own, labels, options.label_offset).rows(*numbers);
  } else {
    const NameMeeting meeting(own, labels);
    map.index = meeting.rows();
    const bool none = std::ranges::all_of(map.index, [](int row) { return row == kNoRow; });
    if (none && labels.from_model && are_placeholders(labels.rows)) return std::nullopt;
    meeting.refuse_strangers(map.index);
    if (own.kind == OwnClasses::Kind::kFolder) meeting.refuse_shared(map.index);
  }
  map.facts.class_order = fmt::format("by {}, {}", numbers ? "number" : "name", labels.source);
  drop_background(map, options.label_offset);
  return map;
}

}  // namespace qbench::datasets
