// SPDX-License-Identifier: Apache-2.0
#include "datasets/jpeg_decoder.h"

// jpeglib.h needs FILE and size_t declared before it.
#include <csetjmp>
#include <cstdio>
// clang-format off
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "datasets/exif.h"
#include "datasets/image_header.h"

namespace qbench::datasets {
namespace {

constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr unsigned kMaxMarkerBytes = 0xFFFF;
constexpr JDIMENSION kRowsPerCall = 16;
constexpr std::size_t kVectorBytes = 64;  ///< at least those of any instruction set
constexpr std::size_t kMisalignment = 8;
/// A progressive file of ordinary software has about ten scans; thousands make a small file take minutes.
constexpr int kMaxScans = 500;

/// Warnings about header fields that decoding does not use.
bool is_harmless(int message_code) {
  return message_code == JWRN_ADOBE_XFORM || message_code == JWRN_JFIF_MAJOR || message_code == JWRN_NOT_SEQUENTIAL;
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
    ::jpeg_save_markers(&info_, kExifMarker, kMaxMarkerBytes);
    ::jpeg_read_header(&info_, TRUE);
    result_.orientation = orientation();
    result_.is_cmyk = info_.num_components == 4;
    info_.out_color_space = result_.is_cmyk ? JCS_CMYK : JCS_RGB;
    ::jpeg_start_decompress(&info_);
    read_rows();
    ::jpeg_finish_decompress(&info_);
    if (result_.is_cmyk) result_.image = Image{};
  }

  [[nodiscard]] int orientation() const {
    for (jpeg_saved_marker_ptr marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      const auto payload = std::as_bytes(std::span(marker->data, marker->data_length));
      const int value = exif_orientation(payload);
      if (value != 1) return value;
    }
    return 1;
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
