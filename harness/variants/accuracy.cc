// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/accuracy.h"

#include <algorithm>
#include <memory>

#include "core/classifier_view.h"
#include "core/metrics/topk.h"
#include "harness/variants/byte_stream.h"
#include "harness/variants/child_blocks.h"

namespace qbench::variants {
namespace {

constexpr std::size_t kAccuracyBlockImages = 50;

/// The class that a run would say; kNoClass when a score is not finite.
int best_class(std::span<const float> scores, ScoresForm form) {
  if (!metrics::all_finite(scores)) return metrics::kNoClass;
  return form == ScoresForm::kVector ? metrics::argmax(scores) : metrics::argmax(two_class_scores(scores[0], form));
}

std::string count_block(ModelSession& session, const ImageSet& images, std::size_t block, const Beat& beat) {
  const ScoresOutput& view = images.view().scores;
  std::vector<std::uint8_t> is_right;
  std::size_t not_finite = 0;
  const double before = session.seconds();
  const std::size_t end = std::min((block + 1) * kAccuracyBlockImages, images.count());
  for (std::size_t image = block * kAccuracyBlockImages; image < end; ++image) {
    session.run(images.pixels(image));
    beat();
    const int best = best_class(session.output(view.index), view.form);
    is_right.push_back(best != metrics::kNoClass && best == images.label(image) ? 1 : 0);
    not_finite += best == metrics::kNoClass ? 1 : 0;
  }
  ByteWriter writer;
  writer.put_all(is_right);
  writer.put(not_finite);
  writer.put((session.seconds() - before) * 1000.0);
  return writer.take();
}

}  // namespace

std::size_t Accuracy::right() const noexcept {
  return static_cast<std::size_t>(std::ranges::count(is_right, std::uint8_t{1}));
}

Accuracy measure_accuracy(std::span<const std::byte> model, const ImageSet& images, const Execution& execution,
                          engine::Progress& progress, std::string_view phase) {
  ChildBlocks plan;
  plan.blocks = (images.count() + kAccuracyBlockImages - 1) / kAccuracyBlockImages;
  plan.jobs = execution.jobs;
  plan.what = "the model under test";
  plan.limits = execution.limits;
  plan.progress = [&](std::size_t done) { progress.advance(std::min(done * kAccuracyBlockImages, images.count())); };
  progress.begin(phase, images.count());
  Accuracy total;
  for (const std::string& block : run_in_children(plan, [&](const Beat& beat) {
         auto session = std::make_shared<ModelSession>(model, images.recipe(), images.view().image, execution);
         return [session, &images, beat](std::size_t index) { return count_block(*session, images, index, beat); };
       })) {
    ByteReader reader(block);
    const auto part = reader.get_all<std::uint8_t>();
    total.is_right.insert(total.is_right.end(), part.begin(), part.end());
    total.not_finite += reader.get<std::size_t>();
    total.milliseconds += reader.get<double>();
  }
  progress.end();
  total.milliseconds /= static_cast<double>(std::max<std::size_t>(total.images(), 1));
  return total;
}

}  // namespace qbench::variants
