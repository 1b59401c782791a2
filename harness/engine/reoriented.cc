// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/reoriented.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/scratch_folder.h"
#include "datasets/cache_builder.h"
#include "datasets/subset.h"
#include "datasets/tensor_cache.h"
#include "harness/engine/evaluation.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kMostEvaluated = 1000;
constexpr std::size_t kMostPixelBytes = 128U << 20U;
constexpr double kUnknownMilliseconds = 100.0;

std::vector<std::size_t> evenly_spread(const std::set<std::size_t>& samples, std::size_t most) {
  const std::vector<std::size_t> all(samples.begin(), samples.end());
  if (all.size() <= most) return all;
  std::vector<std::size_t> some;
  for (std::size_t i = 0; i < most; ++i) some.push_back(all[i * all.size() / most]);
  return some;
}

std::size_t right_of(std::span<const Prediction> predictions) {
  return static_cast<std::size_t>(
      std::ranges::count_if(predictions, [](const Prediction& prediction) { return prediction.correct(); }));
}

/// How many of the images are right without EXIF; nothing when they cannot be evaluated.
std::optional<std::size_t> right_as_stored(RunState& run, const CellState& cell, const datasets::Subset& images,
                                           const ScoresLayout& layout) {
  const ScratchFolder scratch;
  const std::filesystem::path pixels = scratch.path() / "stored.qtc";
  const std::filesystem::path scores = scratch.path() / "stored.f32";
  const std::size_t count = images.samples().size();
  Feed feed = cell.feed(pixels);
  feed.recipe.apply_exif = false;
  (void)datasets::build_tensor_cache(images, {0, count}, feed.recipe, cell.shape, pixels,
                                     {.jobs = run.plan.settings.decode_jobs});
  create_scores_file(scores, count, layout.outputs);
  const LaneRecord* lane = cell.record.lane(1);
  const EvaluationTask task{
      .context = run.lane_context(*cell.plan),
      .feed = std::move(feed),
      .chunk = {0, count},
      .scores = scores,
      .invoke_ms = lane != nullptr ? std::max(lane->first_invoke_ms, 0.01) : kUnknownMilliseconds};
  SilentProgress silent;
  if (!evaluate_chunk(task, silent).outcome.ok()) return std::nullopt;
  return right_of(read_predictions(scores, layout, datasets::TensorCache::open(pixels).entries()));
}

}  // namespace

std::string reoriented_warning(RunState& run, const CellState& cell, const ReorientedImages& images,
                               const ScoresLayout& layout, std::span<const Prediction> predictions) {
  std::string text = fmt::format(
      "{} of {} images were turned upright by their EXIF orientation, which Keras and tf.io never do (\"apply_exif\": "
      "false in the recipe leaves them as stored)",
      images.samples.size(), images.dataset.samples().size());
  const std::vector<std::size_t> some =
      evenly_spread(images.samples, std::clamp<std::size_t>(kMostPixelBytes / cell.shape.bytes(), 1, kMostEvaluated));
  std::vector<Prediction> turned;
  for (const Prediction& prediction : predictions) {
    if (std::ranges::binary_search(some, std::size_t{prediction.sample})) turned.push_back(prediction);
  }
  try {
    const auto stored = right_as_stored(run, cell, datasets::Subset(images.dataset, some), layout);
    if (!stored) return text;
    const std::size_t right = right_of(turned);
    const double points =
        100.0 * (static_cast<double>(right) - static_cast<double>(*stored)) / static_cast<double>(some.size());
    text += fmt::format("; of {} {} are right turned, {} as stored: {:+.2f} points on these", some.size(), right,
                        *stored, points);
    if (some.size() == images.samples.size()) {
      text += fmt::format(", {:+.2f} on all", points * static_cast<double>(some.size()) /
                                                  static_cast<double>(std::max<std::size_t>(predictions.size(), 1)));
    }
  } catch (const Error&) {  // the warning itself does not depend on it
  }
  return text;
}

}  // namespace qbench::engine
