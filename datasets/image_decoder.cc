// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_decoder.h"

#include <fmt/format.h>

#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "datasets/image_header.h"
#include "datasets/jpeg_decoder.h"
#include "datasets/png_check.h"

namespace qbench::datasets {
namespace {

LoadResult skipped(std::string reason) { return {.image = {}, .skip_reason = std::move(reason)}; }

LoadResult damaged(std::string_view how) { return skipped(fmt::format("damaged: {}", how)); }

/// OpenCV wants a mutable Mat also for input; it does not write to it.
cv::Mat as_mat(std::span<const std::byte> data) {
  auto* bytes = const_cast<std::byte*>(data.data());
  return {1, static_cast<int>(data.size()), CV_8UC1, bytes};
}

Image to_rgb(const cv::Mat& bgr) {
  Image image{.height = bgr.rows, .width = bgr.cols, .channels = 3, .pixels = {}};
  image.pixels.resize(static_cast<std::size_t>(bgr.rows) * static_cast<std::size_t>(bgr.cols) * 3);
  cv::Mat rgb(bgr.rows, bgr.cols, CV_8UC3, image.pixels.data());
  cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
  return image;
}

LoadResult decode_with_opencv(std::span<const std::byte> data, bool apply_exif) {
  try {
    const int flags = cv::IMREAD_COLOR | (apply_exif ? 0 : cv::IMREAD_IGNORE_ORIENTATION);
    const cv::Mat bgr = cv::imdecode(as_mat(data), flags);
    if (bgr.empty()) return damaged("it cannot be decoded");
    return {.image = to_rgb(bgr), .skip_reason = {}};
  } catch (const cv::Exception& error) {
    return damaged(error.err);
  }
}

/// Turns a stored image upright; orientation 2..8 as EXIF defines them.
Image upright(Image stored, int orientation) {
  const bool swaps_sides = orientation >= 5;
  Image turned{.height = swaps_sides ? stored.width : stored.height,
               .width = swaps_sides ? stored.height : stored.width,
               .channels = 3,
               .pixels = {}};
  turned.pixels.resize(stored.pixels.size());
  const cv::Mat from(stored.height, stored.width, CV_8UC3, stored.pixels.data());
  cv::Mat to(turned.height, turned.width, CV_8UC3, turned.pixels.data());
  switch (orientation) {
    case 2:
      cv::flip(from, to, 1);
      break;
    case 3:
      cv::rotate(from, to, cv::ROTATE_180);
      break;
    case 4:
      cv::flip(from, to, 0);
      break;
    case 5:
      cv::transpose(from, to);
      break;
    case 6:
      cv::rotate(from, to, cv::ROTATE_90_CLOCKWISE);
      break;
    case 7:
      cv::transpose(from, to);
      cv::flip(to, to, -1);
      break;
    case 8:
      cv::rotate(from, to, cv::ROTATE_90_COUNTERCLOCKWISE);
      break;
    default:
      return stored;
  }
  return turned;
}

LoadResult decode_jpeg_file(std::span<const std::byte> data, bool apply_exif) {
  JpegResult jpeg = decode_jpeg(data);
  if (!jpeg.damage.empty()) return damaged(jpeg.damage);
  if (jpeg.is_cmyk) return decode_with_opencv(data, apply_exif);
  if (!apply_exif || jpeg.orientation == 1) return {.image = std::move(jpeg.image), .skip_reason = {}};
  return {.image = upright(std::move(jpeg.image), jpeg.orientation), .skip_reason = {}};
}

}  // namespace

LoadResult decode_image(std::span<const std::byte> data, bool apply_exif) {
  const ImageHeader header = read_image_header(data);
  if (!header.ok()) return skipped(header.refusal);
  switch (header.format) {
    case ImageFormat::kJpeg:
      return decode_jpeg_file(data, apply_exif);
    case ImageFormat::kPng: {
      const PngCheck check = check_png(data);
      return check.damage.empty() ? decode_with_opencv(check.image, apply_exif) : damaged(check.damage);
    }
    case ImageFormat::kBmp:
    case ImageFormat::kWebp:
      return decode_with_opencv(data, apply_exif);
  }
  return damaged("unknown format");
}

}  // namespace qbench::datasets
