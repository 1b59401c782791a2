// SPDX-License-Identifier: Apache-2.0
#include "models/file_marks.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <string>

namespace qbench::models {
namespace {

using namespace std::string_view_literals;

struct Mark {
  std::size_t offset;
  std::string_view bytes;
  ModelKind kind;
  std::string_view detail;
};

constexpr auto kMarks = std::to_array<Mark>({
    {4, "TFL3"sv, ModelKind::kTflite, ""sv},
    {0, "\x89HDF\r\n\x1a\n"sv, ModelKind::kKerasH5, ""sv},
    {0, "PK\x03\x04"sv, ModelKind::kArchive, "zip"sv},
    {0, "PK\x05\x06"sv, ModelKind::kArchive, "zip"sv},
    {0, "\x1f\x8b"sv, ModelKind::kArchive, "gzip"sv},
    {0, "BZh"sv, ModelKind::kArchive, "bzip2"sv},
    {0, "\xfd\x37zXZ\0"sv, ModelKind::kArchive, "xz"sv},
    {0, "\x28\xb5\x2f\xfd"sv, ModelKind::kArchive, "zstd"sv},
    {0, "7z\xbc\xaf\x27\x1c"sv, ModelKind::kArchive, "7z"sv},
    {0, "Rar!\x1a\x07"sv, ModelKind::kArchive, "rar"sv},
    {257, "ustar"sv, ModelKind::kArchive, "tar"sv},
    {0, "\xff\xd8\xff"sv, ModelKind::kImage, "JPEG"sv},
    {0, "\x89PNG\r\n\x1a\n"sv, ModelKind::kImage, "PNG"sv},
    {0, "GIF8"sv, ModelKind::kImage, "GIF"sv},
    {0, "II*\0"sv, ModelKind::kImage, "TIFF"sv},
    {0, "MM\0*"sv, ModelKind::kImage, "TIFF"sv},
    {8, "WEBP"sv, ModelKind::kImage, "WebP"sv},
    {4, "ftyp"sv, ModelKind::kImage, "HEIF, AVIF or a video"sv},
    {0, "\x80\x02"sv, ModelKind::kTorch, ""sv},
    {0, "\x80\x03"sv, ModelKind::kTorch, ""sv},
    {0, "\x80\x04"sv, ModelKind::kTorch, ""sv},
    {0, "\x80\x05"sv, ModelKind::kTorch, ""sv},
});

/// Two letters are no mark; the size that follows them is.
bool is_bitmap(std::string_view head, std::uint64_t size) {
  if (head.size() < 6 || !head.starts_with("BM")) return false;
  std::uint32_t stated = 0;
  std::memcpy(&stated, head.data() + 2, sizeof(stated));
  return stated == size;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

/// Without what editors put before the first word.
std::string_view from_first_word(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  const std::size_t start = text.find_first_not_of(" \t\r\n");
  return start == std::string_view::npos ? std::string_view() : text.substr(start);
}

bool is_text(std::string_view head) {
  return std::none_of(head.begin(), head.end(), [](char c) {
    const auto code = static_cast<unsigned char>(c);
    return code < 0x20 && code != '\t' && code != '\n' && code != '\r' && code != '\f';
  });
}

bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

std::optional<ModelFile> kind_by_mark(std::string_view head, std::uint64_t size) {
  for (const Mark& mark : kMarks) {
    if (head.size() > mark.offset && head.substr(mark.offset).starts_with(mark.bytes)) {
      return ModelFile{mark.kind, std::string(mark.detail)};
    }
  }
  if (is_bitmap(head, size)) return ModelFile{ModelKind::kImage, "BMP"};
  return std::nullopt;
}

std::optional<ModelFile> kind_by_text(std::string_view head) {
  if (!is_text(head)) return std::nullopt;
  const std::string text = lower(from_first_word(head));
  if (text.starts_with("version https://git-lfs")) return ModelFile{ModelKind::kLfsPointer, ""};
  for (std::string_view page : {"<!doctype", "<html", "<head", "<?xml", "<error"}) {
    if (text.starts_with(page)) return ModelFile{ModelKind::kWebPage, ""};
  }
  const bool is_json = text.starts_with('{');
  if (is_json && (holds(text, "\"modeltopology\"") || holds(text, "\"weightsmanifest\""))) {
    return ModelFile{ModelKind::kTensorflowJs, ""};
  }
  for (std::string_view field : {"node {", "node{", "saved_model_schema_version", "ir_version:"}) {
    if (text.starts_with(field)) return ModelFile{ModelKind::kGraphText, ""};
  }
  const bool is_array = holds(text, "unsigned char") || holds(text, "uint8_t");
  if (!is_json && is_array && holds(text, "[") && (holds(text, "0x") || holds(text, "#include"))) {
    return ModelFile{ModelKind::kCArray, ""};
  }
  return std::nullopt;
}

}  // namespace qbench::models
