// SPDX-License-Identifier: Apache-2.0
#include "tests/datasets/sample_images.h"

// jpeglib.h needs FILE and size_t declared before it.
#include <cstdio>
// clang-format off
#include <jpeglib.h>
// clang-format on

#include <array>
#include <boost/crc.hpp>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <stdexcept>

namespace qbench::datasets::samples {
namespace {

void append_u32(Bytes& to, std::uint32_t value) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) to.push_back(static_cast<std::byte>(value >> shift & 0xFFU));
}

void append(Bytes& to, std::span<const std::byte> bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

}  // namespace

Image picture(int width, int height, int seed) {
  Image image{.height = height, .width = width, .channels = 3, .pixels = {}};
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const bool edge = x > width / 2;
      image.pixels.push_back(static_cast<std::uint8_t>(127 + 120 * std::sin(0.21 * x + seed)));
      image.pixels.push_back(static_cast<std::uint8_t>(127 + 120 * std::cos(0.17 * y + 2 * seed)));
      image.pixels.push_back(static_cast<std::uint8_t>((edge ? 200 : 40) + (seed * 7 + x + y) % 32));
    }
  }
  return image;
}

Bytes encoded(const Image& image, const std::string& extension, const std::vector<int>& parameters) {
  cv::Mat bgr;
  const cv::Mat rgb(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()));
  cv::cvtColor(rgb, bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> file;
  cv::imencode(extension, bgr, file, parameters);
  const auto bytes = std::as_bytes(std::span(file));
  return {bytes.begin(), bytes.end()};
}

Bytes jpeg(int width, int height, int seed) { return encoded(picture(width, height, seed), ".jpg"); }

Bytes cmyk_jpeg(int width, int height) {
  jpeg_compress_struct info{};
  jpeg_error_mgr errors{};
  info.err = ::jpeg_std_error(&errors);
  ::jpeg_create_compress(&info);
  unsigned char* out = nullptr;
  unsigned long size = 0;
  ::jpeg_mem_dest(&info, &out, &size);
  info.image_width = static_cast<JDIMENSION>(width);
  info.image_height = static_cast<JDIMENSION>(height);
  info.input_components = 4;
  info.in_color_space = JCS_CMYK;
  ::jpeg_set_defaults(&info);
  ::jpeg_start_compress(&info, TRUE);
  std::vector<JSAMPLE> row(static_cast<std::size_t>(width) * 4);
  for (std::size_t i = 0; i < row.size(); ++i) row[i] = static_cast<JSAMPLE>(i % 4 * 60 + i / 4);
  while (info.next_scanline < info.image_height) {
    JSAMPROW rows = row.data();
    ::jpeg_write_scanlines(&info, &rows, 1);
  }
  ::jpeg_finish_compress(&info);
  ::jpeg_destroy_compress(&info);
  const auto bytes = std::as_bytes(std::span(out, size));
  Bytes file(bytes.begin(), bytes.end());
  std::free(out);
  return file;
}

Bytes jpeg_of_scans(int width, int height, int scans) {
  Image plain{.height = height, .width = width, .channels = 3, .pixels = {}};
  plain.pixels.assign(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3, 90);
  Bytes file = encoded(plain, ".jpg", {cv::IMWRITE_JPEG_PROGRESSIVE, 1});
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i + 1 < file.size(); ++i) {
    if (file[i] == std::byte{0xFF} && file[i + 1] == std::byte{0xDA}) starts.push_back(i);
  }
  const Bytes last(file.begin() + static_cast<std::ptrdiff_t>(starts.back()), file.end() - 2);
  file.resize(file.size() - 2);
  for (int more = scans - static_cast<int>(starts.size()); more > 0; --more) append(file, last);
  append(file, to_bytes("\xFF\xD9"));
  return file;
}

Bytes with_orientation(const Bytes& jpeg, int orientation, bool little_endian) {
  using std::string_view_literals::operator""sv;
  const char value = static_cast<char>(orientation);
  std::string segment(
      "\xFF\xE1\0\x22"
      "Exif\0\0"sv);
  if (little_endian) {
    segment += "II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0"sv;
    segment += value;
    segment += "\0\0\0\0\0\0\0"sv;
  } else {
    segment += "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0"sv;
    segment += value;
    segment += "\0\0\0\0\0\0"sv;
  }
  Bytes file(jpeg.begin(), jpeg.begin() + 2);
  append(file, to_bytes(segment));
  append(file, std::span(jpeg).subspan(2));
  return file;
}

Bytes webp_with_orientation(const Bytes& webp, int width, int height, int orientation, bool signature) {
  const auto little = [](std::size_t number, int bytes) {
    std::string text;
    for (int i = 0; i < bytes; ++i) text += static_cast<char>(number >> (8 * i) & 0xFFU);
    return to_bytes(text);
  };
  const Bytes segment = with_orientation(jpeg(), orientation);
  const Bytes exif(segment.begin() + (signature ? 6 : 12), segment.begin() + 38);
  Bytes body = to_bytes("WEBPVP8X");
  append(body, little(10, 4));
  append(body, little(0x08, 4));
  append(body, little(static_cast<std::size_t>(width - 1), 3));
  append(body, little(static_cast<std::size_t>(height - 1), 3));
  append(body, std::span(webp).subspan(12));
  append(body, to_bytes("EXIF"));
  append(body, little(exif.size(), 4));
  append(body, exif);
  Bytes file = to_bytes("RIFF");
  append(file, little(body.size(), 4));
  append(file, body);
  return file;
}

Bytes png_chunk(std::string_view type, std::span<const std::byte> data) {
  Bytes chunk;
  append_u32(chunk, static_cast<std::uint32_t>(data.size()));
  append(chunk, to_bytes(type));
  append(chunk, data);
  boost::crc_32_type crc;
  crc.process_bytes(chunk.data() + 4, chunk.size() - 4);
  append_u32(chunk, crc.checksum());
  return chunk;
}

Bytes png_header(std::uint32_t width, std::uint32_t height) {
  Bytes header;
  append_u32(header, width);
  append_u32(header, height);
  for (const int value : {8, 0, 0, 0, 0}) header.push_back(static_cast<std::byte>(value));
  Bytes file = to_bytes("\x89PNG\r\n\x1A\n");
  append(file, png_chunk("IHDR", header));
  return file;
}

Image opencv_decoded(const Bytes& file, bool apply_exif) {
  const cv::Mat data(1, static_cast<int>(file.size()), CV_8UC1, const_cast<std::byte*>(file.data()));
  const int flags = cv::IMREAD_COLOR | (apply_exif ? 0 : cv::IMREAD_IGNORE_ORIENTATION);
  cv::Mat rgb;
  cv::cvtColor(cv::imdecode(data, flags), rgb, cv::COLOR_BGR2RGB);
  return {.height = rgb.rows, .width = rgb.cols, .channels = 3, .pixels = {rgb.data, rgb.data + rgb.total() * 3}};
}

Bytes to_bytes(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

void write(const std::filesystem::path& file, std::span<const std::byte> data) {
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out(file, std::ios::binary);
  out.write(reinterpret_cast<const char*>(data.data()), static_cast<std::streamsize>(data.size()));
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

void write(const std::filesystem::path& file, std::string_view text) { write(file, std::as_bytes(std::span(text))); }

}  // namespace qbench::datasets::samples
