// SPDX-License-Identifier: Apache-2.0
#include "tests/support/recorded_tree.h"

#include <fstream>

namespace qbench::testing {

namespace fs = std::filesystem;

RecordedTree& RecordedTree::file(std::string_view path, std::string_view content) {
  return raw_file(path, std::string(content) + "\n");
}

RecordedTree& RecordedTree::raw_file(std::string_view path, std::string_view content) {
  const fs::path target = root() / path;
  fs::create_directories(target.parent_path());
  std::ofstream stream(target, std::ios::binary);
  stream.exceptions(std::ios::failbit | std::ios::badbit);
  stream << content;
  stream.flush();
  return *this;
}

RecordedTree& RecordedTree::folder(std::string_view path) {
  fs::create_directories(root() / path);
  return *this;
}

RecordedTree& RecordedTree::link(std::string_view path, std::string_view target) {
  const fs::path file = root() / path;
  fs::create_directories(file.parent_path());
  fs::create_symlink(target, file);
  return *this;
}

RecordedTree& RecordedTree::remove(std::string_view path) {
  fs::remove_all(root() / path);
  return *this;
}

}  // namespace qbench::testing
