// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::datasets {

/// Finds a folder's or a list's name among the labels of a model. A name is what the first of these rules finds:
/// the very label; the same but for case, blanks, hyphens, underscores and Unicode form; the same without the number or
/// WordNet id before either ("0_zero" and "zero"); one of the label's names between commas; such a number or id alone
/// ("0" and "0_zero", "n01440764" and "n01440764 tench"); the label's first word.
class ClassMatcher {
 public:
  explicit ClassMatcher(const std::vector<std::string>& labels);

  /// Indices of the labels that the first rule that finds any gives: none, one, or (ambiguous) several; ascending.
  [[nodiscard]] std::vector<int> find(std::string_view name) const;

 private:
  using Rule = std::multimap<std::string, int, std::less<>>;
  void add_label(int index, const std::string& label);

  Rule exact_;
  Rule normalized_;
  Rule untagged_;  // labels without their tag
  Rule synonyms_;
  Rule tags_;
  Rule first_words_;
};

}  // namespace qbench::datasets
