// SPDX-License-Identifier: Apache-2.0
#include "datasets/synth.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "core/error.h"
#include "datasets/counter_rng.h"
#include "datasets/synth_shapes.h"

namespace qbench::datasets {
namespace {

// Independent streams, so that the scene does not depend on the image's size (the noise takes a draw a value).
constexpr std::uint32_t kSceneStream = 0;
constexpr std::uint32_t kNoiseStream = 1;
constexpr std::uint32_t kJpegStream = 2;

constexpr double kMaxRadius = 0.42;  // of the image's side, as all lengths here
constexpr double kMinAspect = 0.72;
constexpr double kMaxWobble = 0.06;
constexpr int kMinQuality = 20;
constexpr int kMaxQuality = 95;

// Upper limits of what makes one image hard (lower limits for contrast and radius).
struct Nuisance {
  double min_radius;
  int min_contrast;  // sum of the channels' differences
  double gradient;   // grey levels
  double texture;    // grey levels
  int clutter_behind;
  int clutter_in_front;
  double blur;
  double noise;  // grey levels
};

// hardness 0 .. 1 differs from image to image: easy images let a network start to learn, hard ones (small, faint,
// blurred, covered) keep a small one at about 95 % and give the low margins in which lost precision shows.
Nuisance nuisance(double hardness) {
  return {
      0.26 - 0.11 * hardness,           static_cast<int>(220.0 - 150.0 * hardness), 60.0 * hardness,  60.0 * hardness,
      static_cast<int>(8.0 * hardness), static_cast<int>(5.0 * hardness),           0.018 * hardness, 30.0 * hardness};
}

// Fixed-point coordinates of OpenCV's drawing calls: 1/64 pixel.
constexpr int kShift = 6;

using Colour = std::array<int, 3>;

Colour random_colour(CounterRng& rng) { return {rng.below(256), rng.below(256), rng.below(256)}; }

cv::Scalar to_scalar(const Colour& colour) {
  return {static_cast<double>(colour[0]), static_cast<double>(colour[1]), static_cast<double>(colour[2])};
}

int contrast(const Colour& a, const Colour& b) {
  return std::abs(a[0] - b[0]) + std::abs(a[1] - b[1]) + std::abs(a[2] - b[2]);
}

Colour colour_unlike(const Colour& other, int min_contrast, CounterRng& rng) {
  Colour colour = random_colour(rng);
  while (contrast(colour, other) < min_contrast) colour = random_colour(rng);
  return colour;
}

// Where and how a shape is put on the image.
struct Placement {
  double x, y, radius, angle, aspect, aspect_angle, wobble, wobble_phase;
  int wobble_order;
};

Placement random_placement(double radius, CounterRng& rng) {
  const double x = rng.uniform(radius * 0.9, 1.0 - radius * 0.9);
  const double y = rng.uniform(radius * 0.9, 1.0 - radius * 0.9);
  return {x,
          y,
          radius,
          rng.uniform(0.0, kTau),
          rng.uniform(kMinAspect, 1.0),
          rng.uniform(0.0, kTau),
          rng.uniform(0.0, kMaxWobble),
          rng.uniform(0.0, kTau),
          2 + rng.below(4)};
}

ShapePoint rotated(ShapePoint p, double angle) {
  const double c = std::cos(angle);
  const double s = std::sin(angle);
  return {c * p.x - s * p.y, s * p.x + c * p.y};
}

std::vector<cv::Point> to_pixels(const Contour& contour, const Placement& place, int size) {
  std::vector<cv::Point> result;
  result.reserve(contour.size());
  for (ShapePoint p : contour) {
    const double bend = 1.0 + place.wobble * std::sin(place.wobble_order * std::atan2(p.y, p.x) + place.wobble_phase);
    p = rotated({p.x * bend, p.y * bend}, place.angle);
    p.x *= place.aspect;
    p = rotated(p, place.aspect_angle);
    const double scale = static_cast<double>(size) * (1 << kShift);
    result.emplace_back(static_cast<int>(std::lround((place.x + place.radius * p.x) * scale)),
                        static_cast<int>(std::lround((place.y + place.radius * p.y) * scale)));
  }
  return result;
}

// A plain of one colour with a linear gradient and soft random patches.
cv::Mat random_surface(const Colour& base, int size, const Nuisance& limits, CounterRng& rng) {
  const double gradient = rng.uniform(0.0, limits.gradient);
  const double texture = rng.uniform(0.0, limits.texture) / 128.0;
  const double angle = rng.uniform(0.0, kTau);
  const double middle = size / 2.0;
  const double step_x = std::cos(angle) * gradient / size;
  const double step_y = std::sin(angle) * gradient / size;
  const int cells = 3 + rng.below(10);
  cv::Mat patches(cells, cells, CV_8UC3);
  for (int i = 0; i < cells * cells * 3; ++i) patches.data[i] = static_cast<std::uint8_t>(rng.below(256));
  cv::Mat surface;
  cv::resize(patches, surface, {size, size}, 0, 0, cv::INTER_LINEAR_EXACT);
  for (int y = 0; y < size; ++y) {
    auto* row = surface.ptr<std::uint8_t>(y);
    for (int x = 0; x < size; ++x) {
      const double slope = step_x * (x - middle) + step_y * (y - middle);
      for (std::size_t c = 0; c < 3; ++c, ++row) {
        *row = cv::saturate_cast<std::uint8_t>(base[c] + slope + (*row - 128) * texture);
      }
    }
  }
  return surface;
}

void draw_line(cv::Mat& picture, const Colour& colour, CounterRng& rng) {
  const int range = picture.cols << kShift;
  const cv::Point from{rng.below(range), 0};
  const cv::Point to{rng.below(range), range};
  const bool upright = rng.chance(0.5);
  const int width = std::max(1, picture.cols * (1 + rng.below(3)) / kSyntheticSize);
  const cv::Point turned_from{from.y, from.x};
  const cv::Point turned_to{to.y, to.x};
  cv::line(picture, upright ? from : turned_from, upright ? to : turned_to, to_scalar(colour), width, cv::LINE_AA,
           kShift);
}

void draw_patch(cv::Mat& picture, double radius, const Colour& colour, CounterRng& rng) {
  const Contour blob = draw_blob(rng);
  const Placement place = random_placement(radius, rng);
  cv::fillPoly(picture, std::vector<std::vector<cv::Point>>{to_pixels(blob, place, picture.cols)}, to_scalar(colour),
               cv::LINE_AA, kShift);
}

void draw_clutter(cv::Mat& picture, int things, double max_radius, CounterRng& rng) {
  for (int i = 0; i < things; ++i) {
    const Colour colour = random_colour(rng);
    if (rng.chance(0.5)) {
      draw_line(picture, colour, rng);
    } else {
      draw_patch(picture, rng.uniform(0.02, max_radius), colour, rng);
    }
  }
}

cv::Mat shape_mask(int label, int size, double min_radius, CounterRng& rng) {
  const std::vector<Contour> shape = draw_shape(label, rng);
  const Placement place = random_placement(rng.uniform(min_radius, kMaxRadius), rng);
  std::vector<std::vector<cv::Point>> outlines;
  outlines.reserve(shape.size());
  for (const Contour& contour : shape) outlines.push_back(to_pixels(contour, place, size));
  cv::Mat mask = cv::Mat::zeros(size, size, CV_8UC1);
  cv::fillPoly(mask, outlines, cv::Scalar(255), cv::LINE_AA, kShift);
  return mask;
}

void blend(cv::Mat& picture, const cv::Mat& surface, const cv::Mat& mask) {
  for (int y = 0; y < picture.rows; ++y) {
    auto* to = picture.ptr<std::uint8_t>(y);
    const auto* from = surface.ptr<std::uint8_t>(y);
    const auto* weight = mask.ptr<std::uint8_t>(y);
    for (int i = 0; i < picture.cols * 3; ++i) {
      const int w = weight[i / 3];
      to[i] = static_cast<std::uint8_t>((from[i] * w + to[i] * (255 - w) + 127) / 255);
    }
  }
}

void add_noise(cv::Mat& picture, double deviation, CounterRng& rng) {
  for (int y = 0; y < picture.rows; ++y) {
    auto* row = picture.ptr<std::uint8_t>(y);
    for (int i = 0; i < picture.cols * 3; ++i) {
      row[i] = cv::saturate_cast<std::uint8_t>(row[i] + rng.roughly_normal() * deviation);
    }
  }
}

cv::Mat render(std::uint64_t seed, std::size_t index, int size) {
  CounterRng scene(seed, index, kSceneStream);
  const Nuisance limits = nuisance(scene.uniform(0.0, 1.0));
  const Colour back = random_colour(scene);
  const Colour front = colour_unlike(back, limits.min_contrast, scene);
  cv::Mat picture = random_surface(back, size, limits, scene);
  draw_clutter(picture, scene.below(limits.clutter_behind + 1), 0.10, scene);
  const cv::Mat surface = random_surface(front, size, limits, scene);
  blend(picture, surface, shape_mask(synthetic_label(index), size, limits.min_radius, scene));
  draw_clutter(picture, scene.below(limits.clutter_in_front + 1), 0.05, scene);
  const double blur = scene.uniform(0.0, limits.blur) * size;
  if (blur > 0.3) cv::GaussianBlur(picture, picture, {}, blur);
  CounterRng noise(seed, index, kNoiseStream);
  add_noise(picture, scene.uniform(0.0, limits.noise), noise);
  return picture;
}

void check_size(int size) {
  if (size < 16 || size > 4096) {
    throw Error(ErrorCode::kUsage, "synthetic images of {0}x{0} pixels are not possible: give a size of 16 to 4096",
                size);
  }
}

}  // namespace

const std::vector<std::string>& synthetic_class_names() {
  static const std::vector<std::string> names{"arrow",   "circle", "crescent", "cross", "heart",
                                              "hexagon", "ring",   "square",   "star",  "triangle"};
  return names;
}

Image render_synthetic(std::uint64_t seed, std::size_t index, int size) {
  check_size(size);
  const cv::Mat picture = render(seed, index, size);
  return {size, size, 3, {picture.datastart, picture.dataend}};
}

std::vector<std::uint8_t> encode_synthetic(std::uint64_t seed, std::size_t index, int size) {
  check_size(size);
  const cv::Mat picture = render(seed, index, size);
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_RGB2BGR);
  CounterRng rng(seed, index, kJpegStream);
  const int quality = kMinQuality + rng.below(kMaxQuality - kMinQuality + 1);
  std::vector<std::uint8_t> bytes;
  if (!cv::imencode(".jpg", bgr, bytes, {cv::IMWRITE_JPEG_QUALITY, quality})) {
    throw Error(ErrorCode::kRuntime, "OpenCV cannot encode JPEG: install an OpenCV with libjpeg");
  }
  return bytes;
}

}  // namespace qbench::datasets
