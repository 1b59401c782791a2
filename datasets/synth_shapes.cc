// SPDX-License-Identifier: Apache-2.0
#include "datasets/synth_shapes.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace qbench::datasets {
namespace {

ShapePoint polar(double radius, double angle) { return {radius * std::cos(angle), radius * std::sin(angle)}; }

// Points along every edge, so that a later distortion can bend straight sides.
Contour subdivided(const Contour& corners) {
  constexpr int kPieces = 8;
  Contour result;
  result.reserve(corners.size() * kPieces);
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const ShapePoint from = corners[i];
    const ShapePoint to = corners[(i + 1) % corners.size()];
    for (int piece = 0; piece < kPieces; ++piece) {
      const double t = static_cast<double>(piece) / kPieces;
      result.push_back({from.x + (to.x - from.x) * t, from.y + (to.y - from.y) * t});
    }
  }
  return result;
}

Contour arc(double radius, double from, double to, ShapePoint centre) {
  constexpr int kPoints = 48;
  Contour result;
  for (int i = 0; i <= kPoints; ++i) {
    const ShapePoint p = polar(radius, from + (to - from) * i / kPoints);
    result.push_back({centre.x + p.x, centre.y + p.y});
  }
  return result;
}

Contour regular(int corners) {
  Contour result;
  for (int i = 0; i < corners; ++i) result.push_back(polar(1.0, kTau * i / corners));
  return subdivided(result);
}

std::vector<Contour> arrow(CounterRng& rng) {
  const double shaft = rng.uniform(0.16, 0.30);
  const double neck = rng.uniform(-0.05, 0.25);
  const double wing = rng.uniform(0.58, 0.80);
  return {subdivided(
      {{-1.0, -shaft}, {neck, -shaft}, {neck, -wing}, {1.0, 0.0}, {neck, wing}, {neck, shaft}, {-1.0, shaft}})};
}

std::vector<Contour> circle(CounterRng&) { return {arc(1.0, 0.0, kTau, {})}; }

// The unit disc minus a disc of radius `cut` whose centre lies at (shift, 0).
std::vector<Contour> crescent(CounterRng& rng) {
  const double cut = rng.uniform(0.75, 0.95);
  const double shift = rng.uniform(0.40, 0.60);
  const double x = (1.0 + shift * shift - cut * cut) / (2.0 * shift);
  const double tip = std::acos(x);
  const double inner_tip = std::atan2(std::sin(tip), x - shift);
  Contour outline = arc(1.0, tip, kTau - tip, {});
  const Contour inner = arc(cut, kTau - inner_tip, inner_tip, {shift, 0.0});
  outline.insert(outline.end(), inner.begin(), inner.end());
  return {outline};
}

std::vector<Contour> cross(CounterRng& rng) {
  const double arm = rng.uniform(0.22, 0.38);
  return {subdivided({{-1.0, -arm},
                      {-arm, -arm},
                      {-arm, -1.0},
                      {arm, -1.0},
                      {arm, -arm},
                      {1.0, -arm},
                      {1.0, arm},
                      {arm, arm},
                      {arm, 1.0},
                      {-arm, 1.0},
                      {-arm, arm},
                      {-1.0, arm}})};
}

std::vector<Contour> heart(CounterRng& rng) {
  const double notch = rng.uniform(0.18, 0.32);
  constexpr int kPoints = 64;
  Contour outline;
  for (int i = 0; i < kPoints; ++i) {
    const double t = kTau * i / kPoints;
    const double sine = std::sin(t);
    const double y = 0.80 * std::cos(t) - notch * std::cos(2 * t) - 0.12 * std::cos(3 * t) - 0.06 * std::cos(4 * t);
    outline.push_back({sine * sine * sine, -y});
  }
  return {outline};
}

std::vector<Contour> hexagon(CounterRng&) { return {regular(6)}; }

std::vector<Contour> ring(CounterRng& rng) {
  return {arc(1.0, 0.0, kTau, {}), arc(rng.uniform(0.42, 0.72), 0.0, kTau, {})};
}

std::vector<Contour> square(CounterRng&) { return {regular(4)}; }

std::vector<Contour> star(CounterRng& rng) {
  constexpr int kTips = 5;
  const double inner = rng.uniform(0.38, 0.58);
  Contour corners;
  for (int i = 0; i < 2 * kTips; ++i) corners.push_back(polar(i % 2 == 0 ? 1.0 : inner, kTau * i / (2 * kTips)));
  return {subdivided(corners)};
}

std::vector<Contour> triangle(CounterRng&) { return {regular(3)}; }

}  // namespace

std::vector<Contour> draw_shape(int label, CounterRng& rng) {
  using Draw = std::vector<Contour> (*)(CounterRng&);
  constexpr std::array<Draw, 10> kDraw{arrow, circle, crescent, cross, heart, hexagon, ring, square, star, triangle};
  return kDraw.at(static_cast<std::size_t>(label))(rng);
}

Contour draw_blob(CounterRng& rng) {
  const int corners = 4 + rng.below(5);
  Contour result;
  for (int i = 0; i < corners; ++i) result.push_back(polar(rng.uniform(0.35, 1.0), kTau * i / corners));
  return result;
}

}  // namespace qbench::datasets
