// SPDX-License-Identifier: Apache-2.0
#include "models/edgetpu_log.h"

#include <charconv>

#include "core/error.h"
#include "core/files.h"

namespace qbench::models {
namespace {

constexpr std::uint64_t kLargestLog = 1U << 20;
constexpr int kMostOps = 1'000'000;  // more of one kind is no log of a model
constexpr std::string_view kSpaces = " \t\r";
constexpr std::string_view kVersion = "Edge TPU Compiler version";
constexpr std::string_view kMapped = "Mapped to Edge TPU";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

/// Cuts the first word off.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of(kSpaces), text.size());
  const std::string_view word = text.substr(0, end);
  text = trimmed(text.substr(end));
  return word;
}

bool is_op_name(std::string_view word) {
  return !word.empty() && word.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == std::string_view::npos;
}

void read_line(std::string_view line, CompilationRecord& record, bool& any) {
  if (line.starts_with(kVersion)) record.version = line;
  const std::string_view op = take_word(line);
  const std::string_view number = take_word(line);
  int count = 0;
  const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), count);
  const bool whole = problem == std::errc() && end == number.data() + number.size();
  if (!is_op_name(op) || !whole || count < 1 || count > kMostOps || line.empty()) return;
  any = true;
  if (line == kMapped) {
    record.mapped_ops = std::min(record.mapped_ops + count, kMostOps);
  } else {
    record.cpu_ops = std::min(record.cpu_ops + count, kMostOps);
    record.unmapped.push_back({std::string(op), count, std::string(line)});
  }
}

}  // namespace

std::optional<CompilationRecord> parse_edgetpu_log(std::string_view text) {
  CompilationRecord record;
  bool any = false;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    read_line(trimmed(text.substr(0, end)), record, any);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return any ? std::optional(record) : std::nullopt;
}

std::optional<CompilationRecord> read_edgetpu_log(const std::filesystem::path& model) {
  const std::filesystem::path stem = model.parent_path() / model.stem();
  for (const char* ending : {".log", "_edgetpu.log"}) {
    const std::filesystem::path log = stem.string() + ending;
    std::error_code unreadable;
    if (!std::filesystem::is_regular_file(log, unreadable)) continue;
    try {
      std::optional<CompilationRecord> record = parse_edgetpu_log(read_text_file(log, kLargestLog));
      if (!record) continue;
      record->file = log.string();
      return record;
    } catch (const Error&) {
      continue;  // the log only adds to what is known
    }
  }
  return std::nullopt;
}

}  // namespace qbench::models
