// SPDX-License-Identifier: Apache-2.0
#include "datasets/decoder_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "datasets/image_file_dataset.h"

namespace qbench::datasets {
namespace {

template <std::size_t kSize>
void put(std::array<char, kSize>& to, std::string_view text) {
  const std::size_t length = std::min(text.size(), kSize - 1);
  std::copy_n(text.begin(), length, to.begin());
  to[length] = '\0';
}

template <std::size_t kSize>
std::string get(const std::array<char, kSize>& from) {
  const std::string copy(from.data(), ::strnlen(from.data(), kSize - 1));
  return copy.empty() ? copy : one_line(to_utf8(copy));
}

bool is_hash(std::string_view text) {
  return text.size() == 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

void SharedSample::store_hash(std::string_view sha256) { put(sha256_, sha256); }

void SharedSample::store(const DecodedSample& sample) {
  ok_ = sample.ok() ? 1 : 0;
  reoriented_ = sample.reoriented ? 1 : 0;
  width_ = sample.width;
  height_ = sample.height;
  put(reason_, sample.skip_reason);
  put(said_, sample.said);
}

DecodedSample SharedSample::load() const {
  DecodedSample sample;
  sample.skip_reason = get(reason_);
  if (ok_ != 0) {
    sample.skip_reason.clear();
  } else if (sample.skip_reason.empty()) {
    sample.skip_reason = "the decoder gave no reason";
  }
  sample.content_sha256.assign(sha256_.data(), ::strnlen(sha256_.data(), sha256_.size() - 1));
  if (!is_hash(sample.content_sha256)) sample.content_sha256.clear();
  sample.width = std::max(width_, 0);
  sample.height = std::max(height_, 0);
  sample.reoriented = reoriented_ != 0;
  sample.said = get(said_);
  return sample;
}

SharedMemory::SharedMemory(std::size_t bytes) {
  void* mapping = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (mapping == MAP_FAILED) {
    throw Error(ErrorCode::kOutOfMemory, "no {} bytes for decoded images: {}", bytes, errno_text(errno));
  }
  bytes_ = {static_cast<std::byte*>(mapping), bytes};
}

SharedMemory::~SharedMemory() { ::munmap(bytes_.data(), bytes_.size()); }

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text) {
    const bool is_control = static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    if (!is_control)
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  }
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

}  // namespace qbench::datasets
