// SPDX-License-Identifier: Apache-2.0
#include "datasets/label_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"
#include "datasets/class_text.h"
#include "datasets/image_file_dataset.h"
#include "datasets/label_json.h"
#include "datasets/label_lines.h"

namespace qbench::datasets {
namespace {

constexpr std::uint64_t kMaxLabelsFileBytes = 16ULL << 20U;

std::string read_text(const std::filesystem::path& file) {
  try {
    return read_text_file(file, kMaxLabelsFileBytes);
  } catch (const Error& error) {
    throw Error(ErrorCode::kDataset, "labels: {}", error.what());
  }
}

std::vector<std::string> lines_of(std::string_view text) {
  const char end_of_line = text.find('\n') == std::string_view::npos ? '\r' : '\n';
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(end_of_line), text.size());
    lines.push_back(to_utf8(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

void refuse_other_forms(const std::filesystem::path& file, std::string_view text, std::string_view source) {
  const auto refuse = [source](std::string_view what) {
    throw Error(ErrorCode::kDataset, "{} {}; write the names one a line, in the order of the model's outputs", source,
                what);
  };
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) refuse("is UTF-16 text, it must be UTF-8");
  if (text.find('\0') != std::string_view::npos) refuse("is no text");
  if (text.starts_with("item {") || text.starts_with("item{")) refuse("is a label map of an object detector");
  const std::string extension = normalized_name(file.extension().string());
  if (extension == ".yaml" || extension == ".yml") refuse("is YAML, which is not read");
}

/// The names when the text is JSON; nothing when it may still be the lines of a dict in Python.
std::vector<std::string> read_json(std::string_view text, std::string_view source) {
  nlohmann::json json;
  try {
    json = parse_json(text, source);
  } catch (const Error& error) {
    if (text.find('\n') != std::string_view::npos) return {};
    throw Error(ErrorCode::kDataset, std::string(error.what()));
  }
  return names_of_json(json, source);
}

}  // namespace

std::vector<std::string> read_label_file(const std::filesystem::path& file) {
  const std::string whole = read_text(file);
  const std::string source = fmt::format("labels file '{}'", file.string());
  std::string_view text = whole;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  refuse_other_forms(file, text, source);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  std::vector<std::string> names;
  if (first != std::string_view::npos && (text[first] == '{' || text[first] == '[')) {
    names = read_json(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1), source);
  }
  if (names.empty()) names = names_of_lines(lines_of(text), source);
  if (std::ranges::all_of(names, [](const std::string& name) { return name.empty(); })) {
    throw Error(ErrorCode::kDataset, "{} holds no class name", source);
  }
  if (names.size() > static_cast<std::size_t>(kMaxClasses)) {
    throw Error(ErrorCode::kDataset, "{} holds {} names, more than the {} classes that a set may have", source,
                names.size(), kMaxClasses);
  }
  return names;
}

}  // namespace qbench::datasets
