// SPDX-License-Identifier: Apache-2.0
// Protobuf's wire format: a message is a row of fields, each a tag (number x 8 + kind) and a value.
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <string_view>

#include "models/file_marks.h"

namespace qbench::models {
namespace {

constexpr std::uint64_t kVarint = 0;
constexpr std::uint64_t kEightBytes = 1;
constexpr std::uint64_t kLengthAndBytes = 2;
constexpr std::uint64_t kFourBytes = 5;
constexpr int kMostFields = 64;
constexpr std::size_t kLongestVarint = 10;

/// Takes a number off the front of `bytes`; nothing when it is not a whole one.
std::optional<std::uint64_t> take_varint(std::string_view& bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < std::min(bytes.size(), kLongestVarint); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    value |= static_cast<std::uint64_t>(byte & 0x7FU) << (7 * i);
    if (byte < 0x80) {
      bytes.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

/// What the outermost message is made of.
struct Fields {
  std::array<bool, 32> seen{};     ///< by field number
  bool plausible = true;           ///< no field is broken, and the last one ends with the file at the latest
  std::uint64_t first_number = 0;  ///< value of field 1 where it is a number
  bool field_1_is_number = false;

  [[nodiscard]] bool only(std::initializer_list<std::size_t> known) const {
    for (std::size_t i = 0; i < seen.size(); ++i) {
      if (seen[i] && std::find(known.begin(), known.end(), i) == known.end()) return false;
    }
    return true;
  }
};

/// The bytes that a value of this kind takes after `bytes`, which is moved past its length.
std::optional<std::uint64_t> value_bytes(std::uint64_t kind, std::string_view& bytes) {
  switch (kind) {
    case kEightBytes:
      return 8;
    case kFourBytes:
      return 4;
    case kLengthAndBytes:
      return take_varint(bytes);
    default:
      return std::nullopt;
  }
}

Fields read_fields(int fd, std::uint64_t size) {
  Fields fields;
  std::uint64_t at = 0;
  for (int i = 0; i < kMostFields && at < size && fields.plausible; ++i) {
    std::array<char, 2 * kLongestVarint> buffer{};
    const ssize_t got = ::pread(fd, buffer.data(), buffer.size(), static_cast<off_t>(at));
    std::string_view bytes(buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
    const std::size_t before = bytes.size();
    const std::uint64_t tag = take_varint(bytes).value_or(0);
    const std::uint64_t number = tag >> 3;
    fields.plausible = number > 0 && number < fields.seen.size();
    if (!fields.plausible) return fields;
    fields.seen[number] = true;
    std::optional<std::uint64_t> rest = 0;
    if ((tag & 7U) == kVarint) {
      const auto value = take_varint(bytes);
      if (number == 1 && value) fields.first_number = *value;
      if (number == 1) fields.field_1_is_number = true;
      if (!value) rest.reset();
    } else {
      rest = value_bytes(tag & 7U, bytes);
    }
    const std::uint64_t used = before - bytes.size();
    fields.plausible = rest && *rest <= size - std::min(size, at + used);
    at += used + rest.value_or(0);
  }
  return fields;
}

/// Takes a text field of this number off the front; empty when there is none or it reaches beyond what is there.
std::string_view take_text(std::string_view& bytes, std::uint64_t number) {
  if (take_varint(bytes).value_or(0) != (number << 3 | kLengthAndBytes)) return {};
  const std::uint64_t length = take_varint(bytes).value_or(0);
  if (length > bytes.size()) return {};
  const std::string_view text = bytes.substr(0, length);
  bytes.remove_prefix(length);
  return text;
}

/// The message begins with a node that has a name and the name of its op.
bool begins_with_node(std::string_view head) {
  if (take_varint(head).value_or(0) != (1U << 3 | kLengthAndBytes) || !take_varint(head)) return false;
  const std::string_view name = take_text(head, 1);
  const std::string_view op = take_text(head, 2);
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; };
  return !name.empty() && !op.empty() && std::all_of(op.begin(), op.end(), is_word);
}

}  // namespace

std::optional<ModelFile> kind_by_fields(int fd, std::uint64_t size, std::string_view head) {
  const Fields fields = read_fields(fd, size);
  constexpr std::uint64_t kNewestVersion = 100;
  const bool versioned = fields.field_1_is_number && fields.first_number >= 1 && fields.first_number <= kNewestVersion;
  // A graph that reaches beyond the file's end is one that was cut short: still ONNX.
  if (versioned && fields.seen[7] && fields.only({1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26})) {
    return ModelFile{ModelKind::kOnnx, ""};
  }
  if (versioned && fields.seen[2] && fields.only({1, 2})) return ModelFile{ModelKind::kSavedModel, ""};
  if (begins_with_node(head) && fields.only({1, 2, 3, 4, 5})) return ModelFile{ModelKind::kFrozenGraph, ""};
  return std::nullopt;
}

}  // namespace qbench::models
