// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "datasets/dataset.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {

/// The classes as a set of images names them: its folders, or the labels of its list.
struct OwnClasses {
  enum class Kind { kFolder, kListLabel };
  Kind kind = Kind::kFolder;
  std::string owner;               ///< for messages: "'images'", "list 'a.csv'"
  std::vector<std::string> names;  ///< UTF-8, each once
  std::vector<std::string> where;  ///< where each stands, for messages: "folder 'cat'", "list 'a.csv' line 7"
  std::vector<std::string> order;  ///< the order that the set itself gives; empty: it gives none
};

/// Which class each of them is.
struct ClassMap {
  std::vector<std::string> names;  ///< Dataset::class_names()
  std::vector<int> index;          ///< of each of OwnClasses::names
  DatasetFacts facts;
};

/// Labels decide by name (options.labels_file, else options.model_labels); names that do not meet them are an error
/// that lists both sides and says what to type. A number is an index where the labels hold no numbers. Without labels,
/// or with labels of the model that say no more than their positions: numbers in numeric order (where they begin at 0
/// and the number of the model's outputs is known, they are its indices, and a missing one is a class without images),
/// else the order that the set gives, else the names as sorted text. A background row that none of the names means is
/// left out of the classes and told in the facts. Without needs_labels names that do not meet the labels make a map
/// without class names, whose indices only tell the classes apart. Throws Error(kDataset).
[[nodiscard]] ClassMap map_classes(const OwnClasses& own, const DatasetOptions& options);

}  // namespace qbench::datasets
