// SPDX-License-Identifier: Apache-2.0
#include "datasets/dataset_check.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "datasets/dataset_fingerprint.h"
#include "datasets/decode_samples.h"

namespace qbench::datasets {
namespace {

/// What is kept of a decoded sample.
struct Seen {
  bool done = false;
  int width = 0;
  int height = 0;
  std::string skip_reason;
  std::string content_sha256;
};

std::vector<ClassCheck> count_classes(const Dataset& dataset, const std::vector<Seen>& seen) {
  std::vector<ClassCheck> classes;
  for (const std::string& name : dataset.class_names()) classes.push_back({.name = name});
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i].done) continue;
    ClassCheck& its_class = classes[static_cast<std::size_t>(dataset.samples()[i].label)];
    ++(seen[i].skip_reason.empty() ? its_class.ok : its_class.skipped);
  }
  std::vector<std::size_t> counts;
  counts.reserve(classes.size());
  for (const ClassCheck& its_class : classes) counts.push_back(its_class.ok);
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), middle, counts.end());
  for (ClassCheck& its_class : classes) its_class.nearly_empty = its_class.ok == 0 || its_class.ok * 10 < *middle;
  return classes;
}

std::vector<SizeCount> count_sizes(const std::vector<Seen>& seen) {
  std::map<std::pair<int, int>, std::size_t> counts;
  for (const Seen& sample : seen) {
    if (sample.done && sample.skip_reason.empty()) ++counts[{sample.width, sample.height}];
  }
  std::vector<SizeCount> sizes;
  sizes.reserve(counts.size());
  for (const auto& [size, images] : counts) {
    sizes.push_back({.width = size.first, .height = size.second, .images = images});
  }
  std::stable_sort(sizes.begin(), sizes.end(),
                   [](const SizeCount& a, const SizeCount& b) { return a.images > b.images; });
  return sizes;
}

std::vector<DuplicateGroup> find_duplicates(const Dataset& dataset, const std::vector<Seen>& seen) {
  std::map<std::string, std::vector<std::size_t>> by_content;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i].content_sha256.empty()) by_content[seen[i].content_sha256].push_back(i);
  }
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [content, members] : by_content) {
    if (members.size() > 1) groups.push_back(std::move(members));
  }
  std::sort(groups.begin(), groups.end());
  std::vector<DuplicateGroup> duplicates;
  for (const std::vector<std::size_t>& members : groups) {
    DuplicateGroup group;
    for (const std::size_t i : members) {
      group.ids.push_back(dataset.samples()[i].id);
      group.labels_differ |= dataset.samples()[i].label != dataset.samples()[members.front()].label;
    }
    duplicates.push_back(std::move(group));
  }
  return duplicates;
}

std::string fingerprint(const Dataset& dataset, const std::vector<Seen>& seen) {
  DatasetFingerprint fingerprint;
  for (std::size_t i = 0; i < seen.size(); ++i) fingerprint.add(dataset.samples()[i], seen[i].content_sha256);
  return fingerprint.finish();
}

}  // namespace

DatasetCheck check_dataset(const Dataset& dataset, const DatasetCheckOptions& options) {
  std::vector<Seen> seen(dataset.samples().size());
  const auto take = [&seen](const DecodedRange& range) {
    for (std::size_t i = 0; i < range.samples.size(); ++i) {
      const DecodedSample& sample = range.samples[i];
      seen[range.first + i] = {.done = true,
                               .width = sample.width,
                               .height = sample.height,
                               .skip_reason = sample.skip_reason,
                               .content_sha256 = sample.content_sha256};
    }
  };
  const DecodeReport done = decode_samples({.dataset = &dataset}, {0, seen.size()}, take,
                                           {.jobs = options.jobs, .progress = options.progress, .stop = options.stop});
  DatasetCheck check;
  check.cancelled = done.stopped;
  check.kind = dataset.kind();
  check.samples = seen.size();
  check.classes = count_classes(dataset, seen);
  check.sizes = count_sizes(seen);
  check.duplicates = find_duplicates(dataset, seen);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (seen[i].done && seen[i].skip_reason.empty()) ++check.ok;
    if (seen[i].skip_reason.empty()) continue;
    check.skipped.push_back({.index = i, .id = dataset.samples()[i].id, .reason = seen[i].skip_reason});
  }
  if (!check.cancelled) check.sha256 = fingerprint(dataset, seen);
  return check;
}

}  // namespace qbench::datasets
