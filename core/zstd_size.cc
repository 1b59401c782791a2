// SPDX-License-Identifier: Apache-2.0
#include "core/zstd_size.h"

#include <zstd.h>

#include "core/error.h"

namespace qbench {
namespace {

constexpr int kLevel = 3;

std::size_t checked(std::size_t code) {
  if (ZSTD_isError(code) != 0U) throw Error(ErrorCode::kOutOfMemory, "zstd: {}", ZSTD_getErrorName(code));
  return code;
}

}  // namespace

struct ZstdSize::Context {
  struct Free {
    void operator()(ZSTD_CCtx* context) const noexcept { ZSTD_freeCCtx(context); }
  };
  std::unique_ptr<ZSTD_CCtx, Free> zstd{ZSTD_createCCtx()};
};

ZstdSize::ZstdSize(std::uint64_t total) : context_(std::make_unique<Context>()), out_(ZSTD_CStreamOutSize()) {
  ZSTD_CCtx* zstd = context_->zstd.get();
  if (zstd == nullptr) throw Error(ErrorCode::kOutOfMemory, "zstd: no memory");
  checked(ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, kLevel));
  checked(ZSTD_CCtx_setPledgedSrcSize(zstd, total));
}

ZstdSize::~ZstdSize() = default;

void ZstdSize::add(std::span<const std::byte> piece) { compress(piece, false); }

std::uint64_t ZstdSize::finish() {
  compress({}, true);
  return size_;
}

void ZstdSize::compress(std::span<const std::byte> piece, bool last) {
  ZSTD_inBuffer in{piece.data(), piece.size(), 0};
  std::size_t left = 1;
  while (last ? left > 0 : in.pos < in.size) {
    ZSTD_outBuffer out{out_.data(), out_.size(), 0};
    left = checked(ZSTD_compressStream2(context_->zstd.get(), &out, &in, last ? ZSTD_e_end : ZSTD_e_continue));
    size_ += out.pos;
  }
}

}  // namespace qbench
