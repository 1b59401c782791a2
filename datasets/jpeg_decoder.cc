// SPDX-License-Identifier: Apache-2.0
#include "datasets/jpeg_decoder.h"

// jpeglib.h needs FILE and size_t declared before it.
#include <csetjmp>
#include <cstdio>
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <vector>

#include "datasets/byte_reader.h"
#include "datasets/exif.h"
#include "datasets/image_header.h"

namespace qbench::datasets {
namespace {

constexpr JDIMENSION kRowsPerCall = 16;
constexpr std::size_t kVectorBytes = 64;  ///< at least those of any instruction set
constexpr std::size_t kMisalignment = 8;
/// A progressive file of ordinary software has about ten scans. Each is a pass over all pixels that a few bytes can ask
/// for: thousands of them make a small file take minutes. What is allowed takes a second or two.
constexpr int kMaxScans = 500;
constexpr std::int64_t kMaxScannedPixels = 1'000'000'000;  ///< 20 scans of the largest image

/// Warnings about header fields that decoding does not use.
bool is_harmless(int message_code) {
  return message_code == JWRN_ADOBE_XFORM || message_code == JWRN_JFIF_MAJOR || message_code == JWRN_NOT_SEQUENTIAL;
}

/// The first orientation but 1 in an APP1 segment before the first scan. libjpeg would collect the segments, too, but
/// in a list whose end it looks for each time: a file of 200,000 empty ones took minutes.
int orientation_in(std::span<const std::byte> data) {
  ByteReader reader(data, ByteReader::Order::kBig);
  std::uint64_t at = 2;
  while (reader.u8(at) == 0xFF && !reader.failed()) {
    const std::uint8_t marker = reader.u8(at + 1);
    const bool has_no_length = marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (marker == 0xDA || marker == 0xD9 || reader.failed()) break;
    if (marker == 0xFF || has_no_length) {
      at += marker == 0xFF ? 1 : 2;
      continue;
    }
    const std::uint64_t length = reader.u16(at + 2);
    if (length < 2 || at + 2 + length > data.size()) break;
    const int value = marker == 0xE1 ? exif_orientation(data.subspan(at + 4, length - 2)) : 1;
    if (value != 1) return value;
    at += 2 + length;
  }
  return 1;
}

/// The scans in a file whose frame header is sound. Nothing is decoded; what is damaged ends the count.
int count_scans(std::span<const std::byte> data) {
  ByteReader reader(data, ByteReader::Order::kBig);
  int scans = 0;
  std::uint64_t at = 2;
  while (at + 1 < data.size()) {
    const void* found = std::memchr(data.data() + at, 0xFF, data.size() - at);
    if (found == nullptr) break;
    at = static_cast<std::uint64_t>(static_cast<const std::byte*>(found) - data.data());
    const std::uint8_t marker = reader.u8(at + 1);
    const bool is_data = marker == 0x00 || marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
    if (is_data) {
      at += marker == 0xFF ? 1 : 2;
      continue;
    }
    if (marker == 0xD9 || reader.failed()) break;
    if (marker == 0xDA) ++scans;
    at += std::uint64_t{2} + reader.u16(at + 2);
  }
  return scans;
}

/// One decompression. Every error leaves through longjmp, so that run() must own nothing but members.
class JpegReader {
 public:
  explicit JpegReader(JpegResult& result) : result_(result) {
    info_.err = ::jpeg_std_error(&errors_);
    info_.client_data = this;
    errors_.error_exit = [](j_common_ptr info) { self(info).fail(); };
    errors_.output_message = [](j_common_ptr) {};
    errors_.emit_message = [](j_common_ptr info, int level) {
      if (level < 0 && !is_harmless(info->err->msg_code)) self(info).fail();
    };
    progress_.progress_monitor = [](j_common_ptr info) {
      if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMaxScans) self(info).fail();
    };
  }
  ~JpegReader() { ::jpeg_destroy_decompress(&info_); }
  JpegReader(const JpegReader&) = delete;
  JpegReader& operator=(const JpegReader&) = delete;

  void decode(std::span<const std::byte> data) {
    if (setjmp(jump_) == 0) {
      run(data);
      return;
    }
    if (errors_.msg_code == JERR_OUT_OF_MEMORY) throw std::bad_alloc();
    std::array<char, JMSG_LENGTH_MAX> text{};
    errors_.format_message(reinterpret_cast<j_common_ptr>(&info_), text.data());
    result_.damage = text.data();
    if (info_.input_scan_number > kMaxScans) result_.damage = "too many scans";
    result_.image = Image{};
  }

 private:
  static JpegReader& self(j_common_ptr info) { return *static_cast<JpegReader*>(info->client_data); }
  [[noreturn]] void fail() { std::longjmp(jump_, 1); }

  void run(std::span<const std::byte> data) {
    ::jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    ::jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(data.data()), data.size());
    ::jpeg_read_header(&info_, TRUE);
    result_.orientation = orientation_in(data);
    result_.is_cmyk = info_.num_components == 4;
    if (::jpeg_has_multiple_scans(&info_) != FALSE && !may_scan(count_scans(data))) return;
    info_.out_color_space = result_.is_cmyk ? JCS_CMYK : JCS_RGB;
    ::jpeg_start_decompress(&info_);
    read_rows();
    ::jpeg_finish_decompress(&info_);
    if (result_.is_cmyk) result_.image = Image{};
  }

  bool may_scan(int scans) {
    const std::int64_t pixels = std::int64_t{info_.image_width} * info_.image_height;
    if (scans <= kMaxScans && scans * pixels <= kMaxScannedPixels) return true;
    result_.refusal =
        fmt::format("too much work: {} scans of {}x{} pixels (limits: {} scans, {} million pixels in all)", scans,
                    info_.image_width, info_.image_height, kMaxScans, kMaxScannedPixels / 1'000'000);
    return false;
  }

  void read_rows() {
    Image& image = result_.image;
    image.height = static_cast<int>(info_.output_height);
    image.width = static_cast<int>(info_.output_width);
    const std::size_t row_bytes = std::size_t{info_.output_width} * static_cast<std::size_t>(info_.output_components);
    image.pixels.resize(row_bytes * info_.output_height);
    make_strip(row_bytes);
    auto to = image.pixels.begin();
    while (info_.output_scanline < info_.output_height) {
      const JDIMENSION count = ::jpeg_read_scanlines(&info_, rows_.data(), kRowsPerCall);
      for (JDIMENSION i = 0; i < count; ++i) to = std::copy_n(rows_[i], row_bytes, to);
    }
  }

  /// Rows that are decoded into before they are copied to the image. libjpeg-turbo writes rows that are aligned to its
  /// vectors past the caches, which made a small image take a quarter longer: none of these are.
  void make_strip(std::size_t row_bytes) {
    const std::size_t stride = (row_bytes + kVectorBytes - 1) / kVectorBytes * kVectorBytes;
    std::size_t space = kRowsPerCall * stride + kVectorBytes;
    strip_.resize(space + kMisalignment);
    void* aligned = strip_.data();
    auto* first = static_cast<JSAMPLE*>(std::align(kVectorBytes, kRowsPerCall * stride, aligned, space));
    for (std::size_t i = 0; i < rows_.size(); ++i) rows_[i] = first + kMisalignment + i * stride;
  }

  JpegResult& result_;
  jpeg_decompress_struct info_{};
  jpeg_error_mgr errors_{};
  jpeg_progress_mgr progress_{};
  std::jmp_buf jump_{};
  std::vector<JSAMPLE> strip_;
  std::array<JSAMPROW, kRowsPerCall> rows_{};
};

}  // namespace

JpegResult decode_jpeg(std::span<const std::byte> data) {
  JpegResult result;
  JpegReader(result).decode(data);
  return result;
}

}  // namespace qbench::datasets
