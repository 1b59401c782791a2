// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/accuracy.h"

#include <algorithm>
#include <array>
#include <memory>

#include "core/classifier_view.h"
#include "harness/variants/byte_stream.h"
#include "harness/variants/child_blocks.h"

namespace qbench::variants {
namespace {

constexpr std::size_t kAccuracyBlockImages = 50;

std::ptrdiff_t best_class(std::span<const float> scores, ScoresForm form) {
  if (form == ScoresForm::kVector) return std::max_element(scores.begin(), scores.end()) - scores.begin();
  const std::array<float, 2> both = two_class_scores(scores[0], form);
  return both[1] > both[0] ? 1 : 0;
}

std::string count_block(ModelSession& session, const ImageSet& images, std::size_t block) {
  const ScoresOutput& view = images.view().scores;
  Accuracy counted;
  const double before = session.seconds();
  const std::size_t end = std::min((block + 1) * kAccuracyBlockImages, images.count());
  for (std::size_t image = block * kAccuracyBlockImages; image < end; ++image) {
    session.run(images.pixels(image));
    counted.right += best_class(session.output(view.index), view.form) == images.label(image) ? 1 : 0;
    ++counted.images;
  }
  counted.milliseconds = (session.seconds() - before) * 1000.0;
  ByteWriter writer;
  writer.put(counted);
  return writer.take();
}

}  // namespace

Accuracy measure_accuracy(std::span<const std::byte> model, const ImageSet& images, const Execution& execution,
                          engine::Progress& progress, std::string_view phase) {
  ChildBlocks plan;
  plan.blocks = (images.count() + kAccuracyBlockImages - 1) / kAccuracyBlockImages;
  plan.jobs = execution.jobs;
  plan.what = "the model under test";
  plan.progress = [&](std::size_t done) { progress.advance(std::min(done * kAccuracyBlockImages, images.count())); };
  progress.begin(phase, images.count());
  Accuracy total;
  for (const std::string& block : run_in_children(plan, [&] {
         auto session = std::make_shared<ModelSession>(model, images.recipe(), images.view().image, execution);
         return [session, &images](std::size_t index) { return count_block(*session, images, index); };
       })) {
    const auto part = ByteReader(block).get<Accuracy>();
    total.right += part.right;
    total.images += part.images;
    total.milliseconds += part.milliseconds;
  }
  progress.end();
  total.milliseconds /= static_cast<double>(std::max<std::size_t>(total.images, 1));
  return total;
}

}  // namespace qbench::variants
