// SPDX-License-Identifier: Apache-2.0
#include "datasets/preprocess.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "core/assert.h"
#include "core/error.h"
#include "datasets/image_header.h"

namespace qbench::datasets {
namespace {

/// A read-only view; OpenCV has no const Mat header over foreign memory.
cv::Mat view(const Image& image) {
  auto* pixels = const_cast<std::uint8_t*>(image.pixels.data());
  return {image.height, image.width, image.channels == 3 ? CV_8UC3 : CV_8UC1, pixels};
}

int interpolation_flag(Recipe::Interpolation interpolation) {
  switch (interpolation) {
    case Recipe::Interpolation::kNearest:
      return cv::INTER_NEAREST;
    case Recipe::Interpolation::kBilinear:
      return cv::INTER_LINEAR;
    case Recipe::Interpolation::kArea:
      return cv::INTER_AREA;
    case Recipe::Interpolation::kBicubic:
      return cv::INTER_CUBIC;
  }
  return cv::INTER_LINEAR;
}

cv::Mat resized(const cv::Mat& from, cv::Size size, Recipe::Interpolation interpolation) {
  if (from.size() == size) return from;
  cv::Mat to;
  cv::resize(from, to, size, 0.0, 0.0, interpolation_flag(interpolation));
  return to;
}

/// The size before the centre crop.
cv::Size covering_size(const cv::Mat& from, const Recipe& recipe, cv::Size target) {
  const double wanted_width = std::round(target.width / recipe.crop_fraction);
  const double wanted_height = std::round(target.height / recipe.crop_fraction);
  const double scale_x = wanted_width / from.cols;
  const double scale_y = wanted_height / from.rows;
  if (scale_x >= scale_y) {
    return {static_cast<int>(wanted_width),
            static_cast<int>(std::max(std::floor(from.rows * wanted_width / from.cols), wanted_height))};
  }
  return {static_cast<int>(std::max(std::floor(from.cols * wanted_height / from.rows), wanted_width)),
          static_cast<int>(wanted_height)};
}

cv::Mat centre(const cv::Mat& from, cv::Size size) {
  // nearbyint rounds halves to even, as the common Python pipelines do.
  const int x = static_cast<int>(std::nearbyint((from.cols - size.width) / 2.0));
  const int y = static_cast<int>(std::nearbyint((from.rows - size.height) / 2.0));
  return from(cv::Rect(x, y, size.width, size.height));
}

/// Writes `from` to `to` in the wanted colours; both have the same size.
void convert_colour(const cv::Mat& from, Recipe::Colour colour, cv::Mat& to) {
  const bool from_gray = from.channels() == 1;
  const bool wants_gray = colour == Recipe::Colour::kGray || to.channels() == 1;
  if (to.channels() == 1) {
    if (from_gray) {
      from.copyTo(to);
    } else {
      cv::cvtColor(from, to, cv::COLOR_RGB2GRAY);
    }
  } else if (from_gray) {
    cv::cvtColor(from, to, cv::COLOR_GRAY2RGB);
  } else if (wants_gray) {
    cv::Mat gray;
    cv::cvtColor(from, gray, cv::COLOR_RGB2GRAY);
    cv::cvtColor(gray, to, cv::COLOR_GRAY2RGB);
  } else if (colour == Recipe::Colour::kBgr) {
    cv::cvtColor(from, to, cv::COLOR_RGB2BGR);
  } else {
    from.copyTo(to);
  }
}

std::string preprocess_checked(const Image& image, const Recipe& recipe, const PixelShape& shape,
                               std::span<std::uint8_t> out) {
  const cv::Size target(shape.width, shape.height);
  cv::Mat pixels = view(image);
  switch (recipe.resize) {
    case Recipe::Resize::kNone:
      if (pixels.size() == target) break;
      return fmt::format("its size is {}x{}, the recipe takes only {}x{}", image.width, image.height, shape.width,
                         shape.height);
    case Recipe::Resize::kStretch:
      pixels = resized(pixels, target, recipe.interpolation);
      break;
    case Recipe::Resize::kShortSide: {
      const cv::Size size = covering_size(pixels, recipe, target);
      if (std::int64_t{size.width} * size.height > std::max<std::int64_t>(kMaxImagePixels, target.area())) {
        return fmt::format("too narrow: {}x{} pixels would become {}x{}", image.width, image.height, size.width,
                           size.height);
      }
      pixels = centre(resized(pixels, size, recipe.interpolation), target);
      break;
    }
  }
  cv::Mat to(shape.height, shape.width, shape.channels == 3 ? CV_8UC3 : CV_8UC1, out.data());
  convert_colour(pixels, recipe.colour, to);
  return {};
}

}  // namespace

void check_pixel_shape(const PixelShape& shape) {
  const bool sides = shape.height >= 1 && shape.width >= 1 && shape.height <= kMaxImageSide &&
                     shape.width <= kMaxImageSide && std::int64_t{shape.height} * shape.width <= kMaxImagePixels;
  if (!sides || (shape.channels != 1 && shape.channels != 3)) {
    throw Error(ErrorCode::kUnsupported, "images cannot be made {}x{}x{} (height x width x channels, 1 or 3 channels)",
                shape.height, shape.width, shape.channels);
  }
}

std::string preprocess(const Image& image, const Recipe& recipe, const PixelShape& shape, std::span<std::uint8_t> out) {
  QBENCH_ASSERT(out.size() == shape.bytes());
  try {
    return preprocess_checked(image, recipe, shape, out);
  } catch (const cv::Exception& error) {
    return fmt::format("it cannot be resized: {}", error.err);
  }
}

}  // namespace qbench::datasets
