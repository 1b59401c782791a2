// SPDX-License-Identifier: Apache-2.0
#include "tests/support/sample_record.h"

#include <fmt/format.h>

#include <span>

#include "core/sha256.h"

namespace qbench::testing {
namespace {

constexpr int kImages = 200;
constexpr int kClasses = 4;

/// Small whole numbers without a pattern, the same everywhere (the minimal standard generator).
class Noise {
 public:
  explicit Noise(std::uint32_t seed) : state_(seed) {}
  std::int64_t below(std::int64_t limit) {
    state_ = static_cast<std::uint32_t>(std::uint64_t{state_} * 48271U % 2147483647U);
    return static_cast<std::int64_t>(state_) % limit;
  }

 private:
  std::uint32_t state_;
};

Board sample_board() {
  Board board;
  board.name = "Example Board 4";
  board.device_tree_model = board.name;
  board.cpu.model = "4 x Cortex-A72";
  board.cpu.vendor = "ARM";
  board.cpu.architecture = "aarch64";
  board.cpu.logical_cores = board.cpu.physical_cores = board.cpu.allowed_cores = 4;
  board.cpu.clusters = {{"Cortex-A72", {0, 1, 2, 3}, 1024, 1500000}};
  board.cpu.isa = {"neon"};
  board.cpu.caches = {{1, "data", 32768, 4}, {1, "instruction", 49152, 4}, {2, "unified", 1048576, 1}};
  board.memory.total_bytes = 4000000000;
  board.memory.available_bytes = 3000000000;
  board.os.pretty_name = "Debian GNU/Linux 12 (bookworm)";
  board.os.kernel = "6.1.0-18-arm64";
  board.os.hostname = "board";
  board.frequencies = {{"policy0", {0, 1, 2, 3}, "cpufreq-dt", "ondemand", 600000, 1500000, 1500000, 1500000}};
  board.thermal_zones = {{"thermal_zone0", "cpu-thermal", 51.5, 80.0}};
  board.activity = {0.25, 0.5, 0.75, 3600.0, std::nullopt};
  board.energy.reason = "no meter";
  identify_board(board);
  return board;
}

/// `rounds` blocks round a median, with a tail.
LaneRecord timed_lane(int batch, std::int64_t median_ns, int rounds, int timed, std::uint32_t seed) {
  LaneRecord lane;
  lane.batch = batch;
  lane.runner = {"tflite", "2.9.0", "libtensorflowlite_c.so", std::string(64, 'c'), "xnnpack", {},
                 0.0,      2,       {{"SOFTMAX", 1}}};
  lane.inputs = {{"image", {batch, 8, 8, 3}, DType::kFloat32, {}}};
  lane.outputs = {{"scores", {batch, kClasses}, DType::kFloat32, {}}};
  lane.load_ms = 12.5;
  lane.first_invoke_ms = 3.25;
  lane.cpu = 3;
  lane.dropped = 2;
  lane.timed = timed;
  lane.encode_us = 20.5;
  lane.input_copy_us = 1.25;
  lane.output_copy_us = 0.5;
  lane.cpu_ms = static_cast<double>(median_ns) / 1e6;
  lane.memory = {8000000, 14000000, 15000000, 16000000};
  Noise noise(seed);
  for (int round = 0; round < rounds; ++round) {
    BlockRecord block{round, round / 20, 0.25 * round, {}};
    for (int i = 0; i < timed; ++i) {
      const std::int64_t tail = noise.below(20) == 0 ? median_ns / 2 : 0;
      block.samples_ns.push_back(median_ns - median_ns / 200 + noise.below(median_ns / 100) + tail);
    }
    lane.blocks.push_back(block);
  }
  return lane;
}

LaneRecord failed_lane(int batch, Status status, const std::string& reason, const std::string& stage) {
  LaneRecord lane;
  lane.batch = batch;
  lane.outcome = {status, reason, stage, 0, {}};
  return lane;
}

CellRecord cell_of(const std::string& id, const std::string& variant, const std::string& precision,
                   std::int64_t bytes) {
  CellRecord cell;
  cell.id = id;
  cell.variant = variant;
  cell.model = {"models/" + variant + ".tflite", sha256_hex(id), precision, bytes, bytes - bytes / 8};
  cell.runner = "tflite";
  cell.kernels = "auto";
  cell.recipe_reason = "given";
  cell.recipe_source = RecipeSource::kGiven;
  return cell;
}

/// The prediction for image i: fp32 is wrong on every 10th, int8 on four more, and right on one of those.
Prediction prediction_of(int image, bool int8) {
  Prediction prediction;
  prediction.sample = static_cast<std::uint32_t>(image);
  prediction.label = image % kClasses;
  const bool wrong = int8 ? (image % 10 == 0 && image != 50) || image % 50 == 7 : image % 10 == 0;
  const int best = wrong ? (prediction.label + 1) % kClasses : prediction.label;
  prediction.count = kClasses;
  for (int place = 0; place < kClasses; ++place) {
    prediction.classes[static_cast<std::size_t>(place)] = (best + place) % kClasses;
    prediction.scores[static_cast<std::size_t>(place)] = 1.0F / static_cast<float>(1 << (place + 1));
  }
  return prediction;
}

std::vector<Prediction> predictions_of(bool int8) {
  std::vector<Prediction> predictions;
  for (int image = 0; image < kImages; ++image) predictions.push_back(prediction_of(image, int8));
  return predictions;
}

AccuracyRecord accuracy_of(const std::string& cell, bool int8) {
  AccuracyRecord accuracy;
  accuracy.per_class.resize(kClasses);
  accuracy.confusion.assign(kClasses, std::vector<std::int64_t>(kClasses + 1, 0));
  Sha256 answers;
  for (const Prediction& prediction : predictions_of(int8)) {
    const auto label = static_cast<std::size_t>(prediction.label);
    ++accuracy.images;
    ++accuracy.per_class[label].images;
    ++accuracy.confusion[label][static_cast<std::size_t>(prediction.top1())];
    if (prediction.correct()) {
      ++accuracy.correct;
      ++accuracy.per_class[label].correct;
    }
    const std::int32_t top1 = prediction.top1();
    answers.update(std::as_bytes(std::span(&top1, 1)));
  }
  accuracy.correct_top5 = accuracy.images;
  accuracy.predictions_file = fmt::format("predictions/{}.csv", cell);
  accuracy.prediction_sha256 = answers.finish();
  accuracy.jobs = 4;
  accuracy.seconds = 1.5;
  accuracy.invoke_ms_per_image = 6.25;
  return accuracy;
}

DatasetRecord sample_dataset() {
  DatasetRecord dataset;
  dataset.kind = "folder";
  dataset.path = "data/test images";
  dataset.sha256 = std::string(64, 'd');
  dataset.class_names = {"circle", hostile_name(), "=SUM(A1:A9)", "\xE5\x9C\x86"};
  dataset.class_order = "by name, the metadata of 'model.tflite'";
  dataset.notes = {"left out: '" + hostile_name() + "'"};
  dataset.samples = kImages + 2;
  dataset.skipped = 2;
  dataset.skipped_images = {{"circle/bad\nname.jpg", "a truncated JPEG"}, {"circle/\xFF\xFE.png", "empty file"}};
  dataset.reoriented = 3;
  dataset.decode_ms_per_image = 0.75;
  dataset.cache_seconds = 0.25;
  return dataset;
}

std::vector<BoardPoint> sample_series() {
  std::vector<BoardPoint> series;
  for (int i = 0; i < 3; ++i) {
    BoardSample sample;
    sample.time_ns = 1000000000LL + 500000000LL * i;
    sample.frequency_khz = {{"policy0", 1500000 - 300000 * i}};
    sample.celsius = {{"thermal_zone0", 51.5 + 4.0 * i}};
    sample.cpu_ticks = 1000U + 200U * static_cast<unsigned>(i);
    series.push_back({0.5 * i, sample});
  }
  return series;
}

SustainedRecord sample_sustained() {
  SustainedRecord sustained;
  sustained.figures = {40.0, 10.0, {}, 2.5, 3.0, 10.0};
  for (int i = 0; i < 4; ++i) {
    sustained.figures.windows.push_back({10.0 * i, 10.0, 3500, i == 0 ? 2.5 : 3.0, 3.25, 1500.0 - 100.0 * i, 55.5});
  }
  sustained.energy.reason = "no meter";
  return sustained;
}

CellRecord crashed_cell() {
  CellRecord cell = cell_of("dynamic-tflite-t1", "dynamic", "dynamic", 310000);
  LaneRecord lane = failed_lane(1, Status::kCrashed, "the worker died by signal 11 (Segmentation fault)", "load");
  lane.outcome.signal = 11;
  lane.outcome.stderr_tail = {"ERROR: \x1b[31mbad\x1b[0m <node> & more", "last \x01 line"};
  cell.lanes = {lane, failed_lane(64, Status::kCancelled, "batch 1 crashed", "load")};
  return cell;
}

CellRecord slow_cell() {
  CellRecord cell = cell_of("slow-tflite-t1", "slow", "fp32", 900000);
  LaneRecord lane = timed_lane(1, 20000000, 3, 8, 77);
  lane.outcome = {Status::kTimeout, "no answer within 5 s; the worker was killed", "block", 9, {}};
  lane.partial = true;
  cell.lanes = {lane};
  cell.accuracy = AccuracyRecord{};
  cell.accuracy->outcome = {Status::kCancelled, "the run was interrupted", "evaluate", 0, {}};
  return cell;
}

}  // namespace

const std::string& hostile_name() {
  static const std::string kName =
      "=cmd|'/c x'!A1 \"q\" <img src=x onerror=alert(1)> `a|b` \x1b[2J\n\xE2\x80\xAE & \xE5\x9C\x86";
  return kName;
}

Record sample_record() {
  Record record;
  record.qbench_version = "0.1.0";
  record.git_commit = "0123456789abcdef0123456789abcdef01234567";
  record.name = "sample";
  record.created_utc = "2024-05-01T12:00:00Z";
  record.seed = 42;
  record.settings_json = R"({"rounds":40,"batch":[1,64],"title":"<b>&"})";
  record.board = sample_board();
  record.dataset = sample_dataset();
  CellRecord fp32 = cell_of("fp32-tflite-t1", "fp32", "fp32", 1200000);
  fp32.lanes = {timed_lane(1, 6000000, 40, 8, 11), timed_lane(64, 330000000, 12, 2, 12)};
  fp32.accuracy = accuracy_of(fp32.id, false);
  CellRecord int8 = cell_of("int8-tflite-t1", "int8", "int8", 320000);
  int8.lanes = {timed_lane(1, 2500000, 40, 8, 21),
                failed_lane(64, Status::kUnsupported, "a constant RESHAPE fixes the batch at 1", "load")};
  int8.accuracy = accuracy_of(int8.id, true);
  int8.lanes[0].energy = {0.0125, "package-0", false, ""};
  int8.sustained = sample_sustained();
  CellRecord hostile = cell_of("hostile-tflite-t1", hostile_name(), "fp16", 600000);
  hostile.lanes = {timed_lane(1, 6010000, 12, 8, 31), timed_lane(64, 331000000, 12, 2, 32)};
  hostile.model.ops = 20;
  hostile.model.conversion_ops = 4;
  hostile.model.macs = 1000000;
  hostile.lanes[1].tags = {"throttled"};
  hostile.lanes[1].tag_reasons = {"the clock of policy0 fell by 40 % under governor performance"};
  hostile.repairs = {"FULLY_CONNECTED #4 'logits': a scale for each of 10 units: made CONV_2D",
                     "second",
                     "third",
                     "fourth",
                     "fifth",
                     "sixth"};
  hostile.warnings = {"accuracy near chance: is the recipe right?"};
  CellRecord edgetpu = cell_of("edgetpu-tflite-t1", "edgetpu", "int8", 350000);
  edgetpu.lanes = {failed_lane(1, Status::kUnsupported, "needs an Edge TPU delegate", "load"),
                   failed_lane(64, Status::kUnsupported, "needs an Edge TPU delegate", "load")};
  edgetpu.model.compilation = {"models/edgetpu.log",
                               "Edge TPU Compiler version 16.0.384591198",
                               30,
                               2,
                               {{"QUANTIZE", 1, "Operation is working on an unsupported data type"},
                                {"SOFTMAX", 1, "More than one subgraph is not supported"}}};
  edgetpu.lanes[0].accelerator = {"coral",
                                  "Coral USB Accelerator",
                                  "BuildLabel(x), RuntimeVersion(14)",
                                  std::string(64, 'e'),
                                  AcceleratorLook{"uninitialised", "1a6e:089a", "1-3", 480.0},
                                  std::nullopt,
                                  "",
                                  true,
                                  {"link at 480 Mb/s"}};
  record.cells = {fp32, int8, hostile, crashed_cell(), edgetpu, slow_cell()};
  record.workers = {{"/opt/qbench/bin/qbench-worker", std::string(64, 'e'), "0.1.0", "abc1234", 1}};
  record.board_series = sample_series();
  record.board_sample_us = 125.5;
  record.warnings = {"the governor is 'ondemand', not 'performance'"};
  return record;
}

std::vector<reports::CellPredictions> sample_predictions() {
  return {{"fp32-tflite-t1", predictions_of(false)}, {"int8-tflite-t1", predictions_of(true)}};
}

std::vector<reports::CheckedGate> sample_gates() {
  using metrics::GateMetric;
  using metrics::GateOutcome;
  const auto gate = [](GateMetric metric, double limit, const char* text) {
    return metrics::Gate{metric, metrics::Comparison::Op::kAtMost, limit, text};
  };
  return {
      {"int8-tflite-t1", {gate(GateMetric::kLatency, 0.02, "latency<=+2%"), GateOutcome::kPass, -0.58, {{-0.6, -0.5}}}},
      {"int8-tflite-t1", {gate(GateMetric::kRss, 0.1, "rss<=+10%"), GateOutcome::kMiss, 0.25, {{0.25, 0.25}}}},
      {"int8-tflite-t1", {gate(GateMetric::kLoad, 0.1, "load<=+10%"), GateOutcome::kCannotTell, 0.09, {{-0.1, 0.2}}}},
      {"dynamic-tflite-t1", {gate(GateMetric::kLatency, 0.02, "latency<=+2%"), GateOutcome::kCannotTell, {}, {}}}};
}

}  // namespace qbench::testing
