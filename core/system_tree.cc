// SPDX-License-Identifier: Apache-2.0
#include "core/system_tree.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <system_error>

#include "core/files.h"

namespace qbench {

namespace {

constexpr std::size_t kMaxBytes = 1U << 20U;
constexpr int kMaxCpu = 4096;

constexpr std::string_view kBlanks{" \t\r\n\0", 5};

std::string_view trimmed_view(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

// Digits compare by value, everything else by byte.
bool natural_less(const std::string& left, const std::string& right) {
  const auto is_digit = [](char character) { return character >= '0' && character <= '9'; };
  const std::size_t a = left.find_first_of("0123456789");
  if (a == std::string::npos || right.compare(0, a, left, 0, a) != 0) return left < right;
  if (a >= right.size() || !is_digit(right[a])) return left < right;
  std::size_t left_end = a;
  std::size_t right_end = a;
  while (left_end < left.size() && is_digit(left[left_end])) ++left_end;
  while (right_end < right.size() && is_digit(right[right_end])) ++right_end;
  if (left_end != right_end) return left_end < right_end;
  const int order = left.compare(a, left_end - a, right, a, right_end - a);
  if (order != 0) return order < 0;
  return natural_less(left.substr(left_end), right.substr(right_end));
}

}  // namespace

std::filesystem::path SystemTree::at(std::string_view relative) const { return root_ / relative; }

bool SystemTree::exists(std::string_view relative) const {
  std::error_code ignored;
  return std::filesystem::exists(at(relative), ignored);
}

std::optional<std::string> SystemTree::text(std::string_view relative) const {
  // Non-blocking, so that a FIFO or a device in place of the file cannot hang the reader.
  const UniqueFd fd(::open(at(relative).c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return std::nullopt;
  std::string result;
  std::array<char, 4096> buffer{};
  while (result.size() < kMaxBytes) {
    const ssize_t count = ::read(fd.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    result.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return result;
}

std::optional<std::string> SystemTree::line(std::string_view relative) const {
  const std::optional<std::string> all = text(relative);
  if (!all) return std::nullopt;
  std::string first = trimmed(all->substr(0, all->find('\n')));
  if (first.empty()) return std::nullopt;
  return first;
}

std::optional<std::int64_t> SystemTree::integer(std::string_view relative, int base) const {
  const std::optional<std::string> first = line(relative);
  return first ? parse_integer(*first, base) : std::nullopt;
}

std::vector<std::string> SystemTree::names(std::string_view relative) const {
  std::vector<std::string> result;
  std::error_code error;
  std::filesystem::directory_iterator entry(at(relative), error);
  const std::filesystem::directory_iterator end;
  while (!error && entry != end) {
    result.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  std::ranges::sort(result, natural_less);
  return result;
}

std::optional<std::string> SystemTree::link_name(std::string_view relative) const {
  std::error_code error;
  const std::filesystem::path target = std::filesystem::read_symlink(at(relative), error);
  if (error || target.filename().empty()) return std::nullopt;
  return target.filename().string();
}

std::string child_path(std::string_view folder, std::string_view name) {
  std::string path(folder);
  path += '/';
  path += name;
  return path;
}

std::string trimmed(std::string_view text) { return std::string(trimmed_view(text)); }

std::optional<std::int64_t> parse_integer(std::string_view text, int base) {
  std::string_view digits = trimmed_view(text);
  if (base == 16 && (digits.starts_with("0x") || digits.starts_with("0X"))) digits.remove_prefix(2);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
  return value;
}

std::optional<double> parse_real(std::string_view text) {
  const std::string_view digits = trimmed_view(text);
  double value = 0.0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size() || digits.empty()) return std::nullopt;
  return value;
}

std::vector<int> parse_cpu_list(std::string_view text) {
  std::vector<int> cpus;
  std::string_view rest = trimmed_view(text);
  while (!rest.empty()) {
    const std::size_t length = std::min(rest.find_first_of(", \t"), rest.size());
    const std::string_view item = rest.substr(0, length);
    rest = trimmed_view(rest.substr(std::min(length + 1, rest.size())));
    const std::size_t dash = item.find('-');
    const auto first = parse_integer(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : parse_integer(item.substr(dash + 1));
    if (!first || !last || *first < 0 || *last > kMaxCpu) break;
    for (std::int64_t cpu = *first; cpu <= *last; ++cpu) cpus.push_back(static_cast<int>(cpu));
  }
  return cpus;
}

std::vector<std::string> words_of(std::string_view text, std::string_view separators) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of(separators), text.size());
    if (length > 0) words.emplace_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return words;
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, length));
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return lines;
}

std::optional<KeyValue> split_key_value(std::string_view line, char separator) {
  const std::size_t position = line.find(separator);
  if (position == std::string_view::npos) return std::nullopt;
  return KeyValue{trimmed_view(line.substr(0, position)), trimmed_view(line.substr(position + 1))};
}

}  // namespace qbench
