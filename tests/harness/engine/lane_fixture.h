// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "datasets/tensor_cache_writer.h"
#include "harness/engine/lane.h"
#include "tests/support/fake_runner.h"
#include "tests/support/paths.h"

namespace qbench::testing {

/// Lanes over fake models, fed with a small cache of 8x8 RGB images (red, green, blue in turn).
class LaneFixture {
 public:
  LaneFixture() {
    const datasets::PixelShape shape{.height = 8, .width = 8, .channels = 3};
    constexpr std::size_t kImages = 12;
    datasets::TensorCacheWriter writer(feed_.cache, shape, kImages);
    std::vector<datasets::CacheEntry> entries;
    for (std::size_t i = 0; i < kImages; ++i) {
      std::vector<std::uint8_t> pixels(shape.bytes(), 0);
      for (std::size_t p = i % 3; p < pixels.size(); p += 3) pixels[p] = 200;
      writer.write(i, pixels);
      entries.push_back({.label = static_cast<int>(i % 3), .ok = true});
    }
    writer.finish(entries);
  }

  /// A lane at a batch size over a model of its own.
  std::unique_ptr<engine::Lane> lane(const FakeScript& script, int batch = 1, int threads = 1) {
    engine::CellPlan& cell = cells_.emplace_back();
    cell.options.threads = threads;
    cell.id = cell.variant = "cell" + std::to_string(cells_.size());
    cell.runner = "fake";
    cell.model = folder_.path() / (cell.id + ".fake");
    write_file_atomic(cell.model, fake_model(script));
    return std::make_unique<engine::Lane>(engine::LaneContext{.cell = &cell,
                                                              .settings = &settings,
                                                              .launch = {.executable = QBENCH_TEST_WORKER},
                                                              .latency_cpu = latency_cpu,
                                                              .run_start = {},
                                                              .probe_accelerators = nullptr,
                                                              .board = board},
                                          batch);
  }

  [[nodiscard]] const engine::Feed& feed() const { return feed_; }

  engine::RunSettings settings;
  const engine::BoardLog* board = nullptr;  ///< given to the lanes made afterwards
  std::optional<int> latency_cpu;           ///< the same

 private:
  TemporaryFolder folder_;
  engine::Feed feed_{.cache = folder_.path() / "images.qtc",
                     .recipe = {},
                     .view = {.image = {.height = 8, .width = 8, .channels = 3}, .scores = {.values = 3}}};
  std::deque<engine::CellPlan> cells_;
};

}  // namespace qbench::testing
