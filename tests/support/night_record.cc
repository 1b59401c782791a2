// SPDX-License-Identifier: Apache-2.0
#include "tests/support/night_record.h"

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include "core/metrics/random.h"
#include "core/sha256.h"
#include "core/utc_time.h"
#include "reports/history/store.h"

namespace qbench::testing {
namespace {

constexpr int kClasses = 10;

/// Standard normal (Box and Muller).
double normal(metrics::Random& random) {
  const double radius = std::sqrt(-2.0 * std::log1p(-random.unit()));
  return radius * std::cos(2.0 * std::numbers::pi * random.unit());
}

LaneRecord lane_of(const NightPlan& plan, int batch, double slower, metrics::Random& random) {
  LaneRecord lane;
  lane.batch = batch;
  lane.runner = {"tflite", "2.9.0", "libtensorflowlite_c.so", std::string(64, 'c'), "xnnpack", {}, 0.0};
  lane.load_ms = 4.0;
  lane.first_invoke_ms = 0.5;
  lane.dropped = 2;
  lane.timed = plan.timed;
  lane.memory = {8000000, 14000000, 15000000, 16000000};
  const double level = 200e3 * batch * plan.machine * (1.0 + slower) * std::exp(plan.between * normal(random));
  for (int round = 0; round < plan.rounds; ++round) {
    BlockRecord block{round, round / 20, 0.01 * round, {}};
    for (int i = 0; i < plan.timed; ++i) {
      double sample = level * std::exp(plan.noise * normal(random));
      if (random.unit() < plan.busy) sample *= 1.0 + 2.0 * random.unit();
      block.samples_ns.push_back(std::llround(sample));
    }
    lane.blocks.push_back(std::move(block));
  }
  return lane;
}

std::vector<Prediction> predictions_of(const NightPlan& plan, const std::string& side) {
  std::vector<Prediction> predictions;
  for (int image = 0; image < plan.images; ++image) {
    Prediction one;
    one.sample = static_cast<std::uint32_t>(image);
    one.label = image % kClasses;
    const bool wrong =
        image % 10 == 9 || (side == "candidate" && image % 10 == 1 && image / 10 < plan.candidate_errors);
    one.count = 1;
    one.classes[0] = wrong ? (one.label + 1) % kClasses : one.label;
    predictions.push_back(one);
  }
  return predictions;
}

AccuracyRecord accuracy_of(const std::vector<Prediction>& predictions) {
  AccuracyRecord accuracy;
  std::string answers;
  for (const Prediction& one : predictions) {
    ++accuracy.images;
    accuracy.correct += one.correct() ? 1 : 0;
    answers += fmt::format("{},", one.top1());
  }
  accuracy.correct_top5 = accuracy.correct;
  accuracy.prediction_sha256 = sha256_hex(answers);
  return accuracy;
}

CellRecord cell_of(const NightPlan& plan, int model, const std::string& side, metrics::Random& random) {
  CellRecord cell;
  cell.recipe_source = RecipeSource::kGiven;
  cell.variant = fmt::format("model{}", model);
  cell.id = fmt::format("{}-{}", cell.variant, side);
  cell.side = side;
  if (side != "reference") cell.baseline = cell.variant + "-reference";
  cell.model = {"models/" + cell.variant + ".tflite", sha256_hex(cell.variant), "int8", 320000, 280000};
  cell.runner = "tflite";
  cell.kernels = "auto";
  for (int i = 0; i < plan.batches; ++i) {
    cell.lanes.push_back(lane_of(plan, 1 << i, side == "candidate" ? plan.slower : 0.0, random));
  }
  if (plan.images > 0) cell.accuracy = accuracy_of(predictions_of(plan, side));
  return cell;
}

}  // namespace

Record night_record(const NightPlan& plan) {
  metrics::Random random(plan.seed);
  Record record;
  record.qbench_version = "0.1.0";
  record.git_commit = "0123456";
  record.name = "nightly";
  record.created_utc = utc_text(plan.created);
  record.seed = plan.seed;
  record.settings_json = "{}";
  record.board.name = plan.board;
  record.board.device_tree_model = plan.board;
  record.board.cpu.model = "4 x Cortex-A72";
  record.board.cpu.architecture = "aarch64";
  record.board.cpu.logical_cores = 4;
  identify_board(record.board);
  for (int model = 0; model < plan.models; ++model) {
    for (const char* side : {"reference", "again", "candidate"}) {
      record.cells.push_back(cell_of(plan, model, side, random));
    }
  }
  if (plan.images > 0) {
    record.dataset.emplace();
    record.dataset->kind = "folder";
    record.dataset->sha256 = std::string(64, 'd');
    record.dataset->samples = plan.images;
  }
  return record;
}

reports::StoredRun night_run(const NightPlan& plan) {
  reports::StoredRun run;
  run.record = night_record(plan);
  for (const CellRecord& cell : run.record.cells) {
    if (plan.images > 0) run.predictions.push_back({cell.id, predictions_of(plan, cell.side)});
  }
  return run;
}

}  // namespace qbench::testing
