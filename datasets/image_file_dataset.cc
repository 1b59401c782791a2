// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_file_dataset.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/open_file.h"
#include "datasets/image_decoder.h"
#include "datasets/image_header.h"
#include "datasets/sample_order.h"

namespace qbench::datasets {
namespace {

/// Length of the valid UTF-8 character at the start of `bytes`, 0 when there is none. Source: RFC 3629.
std::size_t utf8_length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U; };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  // The second byte's range excludes overlong forms, surrogates and numbers beyond U+10FFFF.
  const unsigned low = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned high = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < low || byte(1) > high) return 0;
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  }
  return length;
}

}  // namespace

std::string to_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t length = utf8_length(bytes);
    if (length == 0) {
      text += fmt::format("\\x{:02x}", static_cast<unsigned char>(bytes.front()));
    } else {
      text += bytes.substr(0, length);
    }
    bytes.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

ImageFileDataset::ImageFileDataset(Contents contents, std::size_t limit, std::uint64_t seed)
    : kind_(std::move(contents.kind)),
      root_(std::move(contents.root)),
      class_names_(std::move(contents.class_names)),
      facts_(std::move(contents.facts)) {
  std::vector<int> labels;
  labels.reserve(contents.files.size());
  for (const LabelledFile& file : contents.files) labels.push_back(file.label);
  for (const std::size_t i : select_samples(labels, limit, seed)) {
    samples_.push_back({.id = to_utf8(contents.files[i].path), .label = labels[i]});
    paths_.push_back(std::move(contents.files[i].path));
  }
}

UniqueFd ImageFileDataset::open(std::size_t index) const { return open_for_reading(root_ / paths_.at(index)); }

std::vector<std::byte> ImageFileDataset::read(std::size_t index, int file) const {
  return read_open_file(file, root_ / paths_.at(index), kMaxImageFileBytes);
}

LoadResult ImageFileDataset::decode(std::size_t /*index*/, std::span<const std::byte> stored, bool apply_exif) const {
  return decode_image(stored, apply_exif);
}

}  // namespace qbench::datasets
