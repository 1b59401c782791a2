// SPDX-License-Identifier: Apache-2.0
#include "models/constant_data.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>

namespace qbench::models {

Bytes& ConstantData::own() {
  if (!own_ || own_.use_count() > 1) {
    const std::span<const std::byte> now = bytes();
    own_ = std::make_shared<Bytes>(now.begin(), now.end());
    file_.reset();
    piece_ = {};
  }
  return *own_;
}

void ConstantData::release() const noexcept {
  if (own_ || !file_) {
    return;
  }
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto start = reinterpret_cast<std::uintptr_t>(piece_.data());
  const std::uintptr_t first = (start + page - 1) / page * page;  // whole pages: the others hold something else, too
  const std::uintptr_t last = (start + piece_.size()) / page * page;
  if (first < last) {
    ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
  }
}

bool ConstantData::operator==(const ConstantData& other) const noexcept {
  const std::span<const std::byte> left = bytes();
  const std::span<const std::byte> right = other.bytes();
  if (left.size() != right.size()) {
    return false;
  }
  return left.data() == right.data() || left.empty() || std::memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace qbench::models
