// SPDX-License-Identifier: Apache-2.0
#include "reports/comparison_json.h"

#include <nlohmann/json.hpp>

namespace qbench::reports {
namespace {

using Json = nlohmann::ordered_json;

template <typename T>
Json optional_json(const std::optional<T>& value) {
  return value ? Json(*value) : Json();
}

Json interval_json(const metrics::Interval& interval) { return {{"low", interval.low}, {"high", interval.high}}; }

Json interval_json(const std::optional<metrics::Interval>& interval) {
  return interval ? interval_json(*interval) : Json();
}

Json outcome_json(const Outcome& outcome) {
  return {{"status", status_name(outcome.status)}, {"reason", outcome.reason}};
}

Json latency_json(const LatencyColumns& latency) {
  return {{"samples", latency.samples},
          {"rounds", latency.rounds},
          {"min_ms", latency.min_ms},
          {"mean_ms", latency.mean_ms},
          {"p50_ms", latency.p50_ms},
          {"p50_interval_ms", interval_json(latency.p50_interval_ms)},
          {"p90_ms", optional_json(latency.p90_ms)},
          {"p95_ms", optional_json(latency.p95_ms)},
          {"p99_ms", optional_json(latency.p99_ms)}};
}

Json speed_up_json(const SpeedUp& speed_up) {
  return {{"ratio", speed_up.ratio},
          {"rounds", speed_up.rounds},
          {"paired_ratio", optional_json(speed_up.paired_ratio)},
          {"paired_interval", interval_json(speed_up.paired_interval)},
          {"confidence", speed_up.confidence},
          {"p_value", optional_json(speed_up.p_value)},
          {"p_holm", optional_json(speed_up.p_holm)},
          {"verdict", speed_up.verdict},
          {"advice", speed_up.advice}};
}

Json lane_json(const LaneComparison& lane) {
  Json json = {{"batch", lane.batch}, {"outcome", outcome_json(lane.outcome)}};
  json["latency"] = lane.latency ? latency_json(*lane.latency) : Json();
  json["per_image_ms"] = optional_json(lane.per_image_ms);
  json["images_per_second"] = optional_json(lane.images_per_second);
  json["per_image_vs_batch_1"] = optional_json(lane.per_image_vs_batch_1);
  json["speed_up"] = lane.speed_up ? speed_up_json(*lane.speed_up) : Json();
  json["no_speed_up"] = lane.no_speed_up;
  json["peak_rss_bytes"] = lane.peak_rss_bytes;
  json["peak_rss_delta_bytes"] = optional_json(lane.peak_rss_delta_bytes);
  json["causes"] = lane.causes;
  json["flags"] = lane.flags;
  return json;
}

Json paired_json(const PairedAccuracy& paired) {
  return {{"images", paired.images},
          {"identical", paired.identical},
          {"right_to_wrong", paired.right_to_wrong},
          {"wrong_to_right", paired.wrong_to_right},
          {"changed", paired.changed},
          {"delta_points", paired.delta_points},
          {"delta_interval_points", interval_json(paired.delta_interval_points)},
          {"mcnemar_p", paired.mcnemar_p},
          {"mcnemar_p_holm", paired.mcnemar_p_holm},
          {"within_margin", paired.within_margin},
          {"images_needed", optional_json(paired.images_needed)}};
}

Json accuracy_json(const AccuracyColumns& accuracy) {
  Json json = {{"outcome", outcome_json(accuracy.outcome)}, {"partial", accuracy.partial}};
  json["images"] = accuracy.images;
  json["correct"] = accuracy.correct;
  json["top1"] = accuracy.top1;
  json["top5"] = accuracy.top5;
  json["top1_interval"] = interval_json(accuracy.top1_interval);
  json["delta_points"] = optional_json(accuracy.delta_points);
  json["paired"] = accuracy.paired ? paired_json(*accuracy.paired) : Json();
  json["no_pairing"] = accuracy.no_pairing;
  return json;
}

Json cell_json(const CellComparison& cell) {
  Json json = {{"id", cell.id}, {"label", cell.label}, {"baseline", cell.baseline}, {"against", cell.against}};
  json["outcome"] = outcome_json(cell.outcome);
  json["size_ratio"] = optional_json(cell.size_ratio);
  json["zstd_ratio"] = optional_json(cell.zstd_ratio);
  json["lanes"] = Json::array();
  for (const LaneComparison& lane : cell.lanes) json["lanes"].push_back(lane_json(lane));
  json["accuracy"] = cell.accuracy ? accuracy_json(*cell.accuracy) : Json();
  return json;
}

Json tradeoff_json(const Tradeoff& tradeoff) {
  Json json = {{"with_accuracy", tradeoff.with_accuracy}, {"left_out", tradeoff.left_out}, {"rows", Json::array()}};
  for (const TradeoffRow& row : tradeoff.rows) {
    json["rows"].push_back({{"cell", row.cell},
                            {"on_front", row.on_front},
                            {"dominated_by", row.dominated_by},
                            {"front_share", row.front_share}});
  }
  return json;
}

Json choice_json(const ChoiceVerdict& choice) {
  return {{"rule", choice.rule},
          {"chosen", choice.chosen},
          {"proven", choice.proven},
          {"nearest", choice.nearest},
          {"sentence", choice.sentence}};
}

}  // namespace

nlohmann::ordered_json comparison_to_json(const Comparison& comparison) {
  Json json = {{"baseline", comparison.baseline}, {"baseline_problem", comparison.baseline_problem}};
  json["settings"] = {{"latency_margin", comparison.settings.latency.margin},
                      {"latency_alpha", comparison.settings.latency.alpha},
                      {"latency_looks", comparison.settings.latency.looks},
                      {"accuracy_margin_points", comparison.settings.accuracy_margin_points}};
  json["cells"] = Json::array();
  for (const CellComparison& cell : comparison.cells) json["cells"].push_back(cell_json(cell));
  json["judged_rows"] = comparison.judged_rows;
  json["tradeoff"] = tradeoff_json(comparison.tradeoff);
  json["choice"] = comparison.choice ? choice_json(*comparison.choice) : Json();
  return json;
}

}  // namespace qbench::reports
