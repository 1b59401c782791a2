// SPDX-License-Identifier: Apache-2.0
#include "datasets/class_match.h"

#include <algorithm>
#include <set>

#include "datasets/class_text.h"

namespace qbench::datasets {
namespace {

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" \t,:;")); }

bool is_wordnet(const std::string& tag) { return tag.starts_with('n'); }

}  // namespace

ClassMatcher::ClassMatcher(const std::vector<std::string>& labels) {
  for (std::size_t i = 0; i < labels.size(); ++i) add_label(static_cast<int>(i), labels[i]);
}

void ClassMatcher::add_label(int index, const std::string& label) {
  if (trimmed(label).empty()) return;
  const TaggedName tagged = tagged_name(label);
  exact_.emplace(label, index);
  normalized_.emplace(normalized_name(label), index);
  if (!tagged.rest.empty()) untagged_.emplace(normalized_name(tagged.rest), index);
  if (!tagged.tag.empty()) tags_.emplace(tagged.tag, index);
  std::string_view names = tagged.rest.empty() ? std::string_view(label) : tagged.rest;
  first_words_.emplace(normalized_name(first_word(names)), index);
  while (!names.empty()) {
    const std::size_t end = std::min(names.find_first_of(",;/"), names.size());
    synonyms_.emplace(normalized_name(names.substr(0, end)), index);
    names.remove_prefix(std::min(end + 1, names.size()));
  }
}

std::vector<int> ClassMatcher::find(std::string_view name) const {
  const TaggedName tagged = tagged_name(name);
  const std::string whole = normalized_name(name);
  const std::string rest = normalized_name(tagged.rest);
  std::set<int> found;
  const auto look = [&found](const Rule& rule, std::string_view key) {
    const auto [first, last] = rule.equal_range(key);
    if (key.empty()) return;
    for (auto at = first; at != last; ++at) found.insert(at->second);
  };
  look(exact_, name);
  if (found.empty()) look(normalized_, whole);
  if (found.empty()) {
    look(untagged_, whole);
    look(normalized_, rest);
    look(untagged_, rest);
  }
  if (found.empty()) {
    look(synonyms_, whole);
    look(synonyms_, rest);
  }
  // A number tells a class only where no name contradicts it: "1_dog" is not "1_cat".
  if (found.empty() && (tagged.is_bare() || is_wordnet(tagged.tag))) look(tags_, tagged.tag);
  if (found.empty() && !tagged.tag.empty()) look(normalized_, tagged.tag);
  if (found.empty()) look(first_words_, whole);
  return {found.begin(), found.end()};
}

}  // namespace qbench::datasets
