// SPDX-License-Identifier: Apache-2.0
#include "datasets/image_decoder.h"

#include <fmt/format.h>

#include <new>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <string>
#include <utility>

#include "datasets/exif.h"
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

/// Turns a stored image upright; orientation 2..8 as EXIF defines them.
Image upright(Image stored, int orientation) {
  const bool swaps_sides = orientation >= 5;
  Image result{.height = swaps_sides ? stored.width : stored.height,
               .width = swaps_sides ? stored.height : stored.width,
               .channels = 3,
               .pixels = {}};
  result.pixels.resize(stored.pixels.size());
  const cv::Mat from(stored.height, stored.width, CV_8UC3, stored.pixels.data());
  cv::Mat to(result.height, result.width, CV_8UC3, result.pixels.data());
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
  return result;
}

/// With the orientation that is to be applied.
LoadResult turned(Image stored, int orientation) {
  if (orientation == 1) return {.image = std::move(stored), .skip_reason = {}};
  return {.image = upright(std::move(stored), orientation), .skip_reason = {}, .reoriented = true};
}

LoadResult decode_with_opencv(std::span<const std::byte> data, int orientation) {
  try {
    const cv::Mat bgr = cv::imdecode(as_mat(data), cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (bgr.empty()) return damaged("it cannot be decoded");
    return turned(to_rgb(bgr), orientation);
  } catch (const cv::Exception& error) {
    if (error.code == cv::Error::StsNoMem) throw std::bad_alloc();
    return damaged(error.err);
  }
}

LoadResult decode_jpeg_file(std::span<const std::byte> data, bool apply_exif) {
  JpegResult jpeg = decode_jpeg(data);
  if (!jpeg.refusal.empty()) return skipped(std::move(jpeg.refusal));
  if (!jpeg.damage.empty()) return damaged(jpeg.damage);
  const int orientation = apply_exif ? jpeg.orientation : 1;
  return jpeg.is_cmyk ? decode_with_opencv(data, orientation) : turned(std::move(jpeg.image), orientation);
}

LoadResult decode_png_file(std::span<const std::byte> data, bool apply_exif) {
  const PngCheck check = check_png(data);
  if (!check.damage.empty()) return damaged(check.damage);
  return decode_with_opencv(check.image, apply_exif ? check.orientation : 1);
}

}  // namespace

LoadResult decode_image(std::span<const std::byte> data, bool apply_exif) {
  const ImageHeader header = read_image_header(data);
  if (!header.ok()) return skipped(header.refusal);
  switch (header.format) {
    case ImageFormat::kJpeg:
      return decode_jpeg_file(data, apply_exif);
    case ImageFormat::kPng:
      return decode_png_file(data, apply_exif);
    case ImageFormat::kBmp:
      return decode_with_opencv(data, 1);
    case ImageFormat::kWebp:
      return decode_with_opencv(data, apply_exif ? webp_orientation(data) : 1);
  }
  return damaged("unknown format");
}

}  // namespace qbench::datasets
