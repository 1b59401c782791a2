// SPDX-License-Identifier: Apache-2.0
#include "reports/accuracy_columns.h"

#include <algorithm>

#include "core/metrics/intervals.h"
#include "core/metrics/paired.h"
#include "core/units.h"
#include "reports/recipe_text.h"

namespace qbench::reports {
namespace {

constexpr int kNotFinite = -2;  // equals no label and no output, so that such an image is wrong

/// The images that both models classified, in the order of their numbers.
struct CommonImages {
  std::vector<int> labels;
  std::vector<int> baseline;
  std::vector<int> variant;
  bool labels_differ = false;
};

int class_of(const Prediction& prediction) { return prediction.finite ? prediction.top1() : kNotFinite; }

std::vector<const Prediction*> by_sample(const std::vector<Prediction>& predictions) {
  std::vector<const Prediction*> sorted;
  sorted.reserve(predictions.size());
  for (const Prediction& prediction : predictions) sorted.push_back(&prediction);
  std::ranges::stable_sort(sorted, {}, [](const Prediction* prediction) { return prediction->sample; });
  const auto same = [](const Prediction* a, const Prediction* b) { return a->sample == b->sample; };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  return sorted;
}

CommonImages common_images(const std::vector<Prediction>& baseline, const std::vector<Prediction>& variant) {
  CommonImages common;
  const auto left = by_sample(baseline);
  const auto right = by_sample(variant);
  auto at = right.begin();
  for (const Prediction* prediction : left) {
    while (at != right.end() && (*at)->sample < prediction->sample) ++at;
    if (at == right.end()) break;
    if ((*at)->sample != prediction->sample) continue;
    common.labels_differ = common.labels_differ || (*at)->label != prediction->label;
    common.labels.push_back(prediction->label);
    common.baseline.push_back(class_of(*prediction));
    common.variant.push_back(class_of(**at));
  }
  return common;
}

std::string margin_word(metrics::MarginAnswer answer) {
  switch (answer) {
    case metrics::MarginAnswer::kYes:
      return "yes";
    case metrics::MarginAnswer::kNo:
      return "no";
    case metrics::MarginAnswer::kCannotTell:
      return "cannot tell";
  }
  return "cannot tell";
}

/// Drops (baseline - variant) become differences (variant - baseline) here, and fractions points.
PairedAccuracy paired_accuracy(const metrics::PairedCounts& counts, std::size_t agreeing, double margin_points) {
  PairedAccuracy paired;
  paired.images = static_cast<std::int64_t>(counts.images);
  paired.right_to_wrong = static_cast<std::int64_t>(counts.right_to_wrong);
  paired.wrong_to_right = static_cast<std::int64_t>(counts.wrong_to_right);
  paired.changed = static_cast<std::int64_t>(counts.images - agreeing);
  paired.identical = agreeing == counts.images;
  paired.delta_points = counts.flip_rate() > 0.0 ? -kPercent * counts.drop() : 0.0;
  const metrics::Interval drop = metrics::drop_interval(counts, 0.95);
  paired.delta_interval_points = {-kPercent * drop.high, -kPercent * drop.low};
  paired.mcnemar_p = metrics::mcnemar_exact_p(counts.right_to_wrong, counts.wrong_to_right);
  const metrics::MarginVerdict verdict = metrics::within_margin(counts, margin_points / kPercent);
  paired.within_margin = margin_word(verdict.answer);
  if (verdict.more_images) paired.images_needed = static_cast<std::int64_t>(*verdict.more_images);
  return paired;
}

/// Equal hashes over equally many images: every prediction is the same, whether or not they were kept.
bool same_prediction_hash(const AccuracyRecord& left, const AccuracyRecord& right) {
  return !left.prediction_sha256.empty() && left.prediction_sha256 == right.prediction_sha256 &&
         left.images == right.images;
}

void pair(AccuracyColumns& columns, const EvaluatedCell& variant, const EvaluatedCell& baseline,
          const ComparisonSettings& settings) {
  if (variant.predictions == nullptr || baseline.predictions == nullptr) {
    if (same_prediction_hash(*variant.cell.accuracy, *baseline.cell.accuracy)) {
      const auto images = static_cast<std::size_t>(columns.images);
      columns.paired = paired_accuracy({images, 0, 0}, images, settings.accuracy_margin_points);
    } else {
      columns.no_pairing = "the predictions of both cells are needed";
    }
    return;
  }
  const CommonImages common = common_images(*baseline.predictions, *variant.predictions);
  if (common.labels.empty()) {
    columns.no_pairing = "the two cells have no image in common";
  } else if (common.labels_differ) {
    columns.no_pairing = "the same image has different labels in the two cells";
  } else {
    const auto compared = metrics::compare_predictions(common.labels, common.baseline, common.variant);
    columns.paired = paired_accuracy(compared.counts, compared.agreeing, settings.accuracy_margin_points);
  }
}

AccuracyColumns columns_of(const AccuracyRecord& record) {
  AccuracyColumns columns;
  columns.outcome = record.outcome;
  columns.partial = record.partial;
  columns.images = record.images;
  columns.correct = record.correct;
  columns.top1 = record.top1();
  columns.top5 = record.top5();
  if (record.images > 0) {
    columns.top1_interval = metrics::proportion_interval(static_cast<std::size_t>(record.correct),
                                                         static_cast<std::size_t>(record.images), 0.95);
  }
  return columns;
}

}  // namespace

std::optional<AccuracyColumns> compare_accuracy(const EvaluatedCell& variant, const EvaluatedCell& baseline,
                                                const ComparisonSettings& settings) {
  if (!variant.cell.accuracy) return std::nullopt;
  AccuracyColumns columns = columns_of(*variant.cell.accuracy);
  if (&variant.cell == &baseline.cell || columns.images == 0) return columns;
  if (!baseline.cell.accuracy || baseline.cell.accuracy->images == 0) {
    columns.no_pairing = "the baseline has no accuracy";
    return columns;
  }
  columns.no_pairing = recipe_conflict(variant.cell, baseline.cell);
  if (!columns.no_pairing.empty()) return columns;
  pair(columns, variant, baseline, settings);
  const std::optional<DivergenceRecord>& divergence = variant.cell.accuracy->divergence;
  if (divergence && divergence->against == baseline.cell.id) columns.divergence = divergence;
  if (columns.paired) {
    columns.delta_points = columns.paired->delta_points;
  } else if (columns.images == baseline.cell.accuracy->images) {
    columns.delta_points = kPercent * (columns.top1 - baseline.cell.accuracy->top1());
  }
  return columns;
}

}  // namespace qbench::reports
