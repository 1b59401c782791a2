// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/accelerator_record.h"
#include "core/board.h"
#include "core/board_sample.h"
#include "core/recipe.h"
#include "core/sustained_record.h"
#include "core/tensor_spec.h"

namespace qbench {

/// Version of the record's JSON layout; raised when a field changes its meaning or disappears.
inline constexpr int kRecordSchemaVersion = 1;

/// How a piece of work ended. Everything but kOk carries a reason.
enum class Status {
  kOk,
  kUnsupported,  ///< the model, runner or device cannot do what was asked; a result, not a fault
  kCrashed,      ///< the worker died by a signal
  kTimeout,      ///< the worker missed a deadline and was killed
  kOom,          ///< the worker reached its memory limit or was killed for memory
  kError,        ///< the runtime or the model reported an error
  kCancelled,    ///< the run was interrupted before this was done
};
[[nodiscard]] std::string_view status_name(Status status) noexcept;

struct Outcome {
  Status status = Status::kOk;
  std::string reason;                    ///< one line; empty when ok
  std::string stage;                     ///< "load", "first invoke", "block", "evaluate" ...; empty when ok
  int signal = 0;                        ///< the signal that ended the worker, 0 when none
  std::vector<std::string> stderr_tail;  ///< the worker's last lines
  [[nodiscard]] bool ok() const noexcept { return status == Status::kOk; }
};

/// The timed invokes of one lane in one round, in order. Nothing is ever dropped from samples_ns.
struct BlockRecord {
  int round = 0;
  int process = 0;       ///< 0 for the lane's first worker process, +1 after each restart
  double start_s = 0.0;  ///< seconds since the start of the run
  std::vector<std::int64_t> samples_ns;
};

/// Resident memory of a worker in bytes, from VmRSS and VmHWM; the peak is reset between the phases.
struct MemoryRecord {
  std::int64_t before_load = 0;  ///< VmRSS before the model is loaded: the runtime-free baseline
  std::int64_t peak_load = 0;    ///< VmHWM while loading
  std::int64_t peak_first = 0;   ///< VmHWM during the first inference
  std::int64_t peak_steady = 0;  ///< VmHWM during the timed blocks
};

/// What was really used to run a lane.
struct RunnerRecord {
  std::string name;
  std::string version;
  std::string library;
  std::string library_sha256;
  std::string kernels;  ///< effective: "xnnpack", "builtin", "delegate"
  std::vector<std::string> notes;
  double delegate_create_ms = 0.0;
  int accelerated_parts = 0;               ///< parts of the graph that XNNPACK or a delegate runs
  std::map<std::string, int> builtin_ops;  ///< ops left to the built-in kernels, where the runner can tell
  /// What kept the runtime from the rest of the machine (core/sandbox/sandbox.h), "off" when it was turned off; empty
  /// in records of builds without.
  std::vector<std::string> isolation;
  std::vector<std::string> refused;  ///< what the runtime or a delegate tried and was refused: "open a socket"
};

/// One cell at one batch size: its own worker process, its own samples.
struct LaneRecord {
  int batch = 1;
  Outcome outcome;
  bool partial = false;   ///< interrupted: fewer blocks than planned
  std::string cut_short;  ///< why the time limit left fewer rounds than a verdict takes; empty: it did not
  std::string batching =
      "native";  ///< "native", "rewritten" (constant RESHAPE repaired) or "singles" (N single invokes)
  RunnerRecord runner;
  std::vector<TensorSpec> inputs;
  std::vector<TensorSpec> outputs;
  double load_ms = 0.0;
  double first_invoke_ms = 0.0;
  std::optional<int> cpu;  ///< the only CPU that its workers might run on; absent: any that the run was allowed
  int dropped = 0;         ///< invokes at the start of each turn that are run but not timed
  int timed = 0;           ///< invokes timed in each turn
  int turns = 1;           ///< turns in a round; a block holds the samples of all of them in order
  std::vector<BlockRecord> blocks;
  double input_copy_us = 0.0;   ///< median of copying one batch in
  double output_copy_us = 0.0;  ///< median of copying one batch out
  double encode_us = 0.0;       ///< median of turning cached pixels into one input batch
  double cpu_ms = 0.0;          ///< process CPU time per invoke, all threads: mean over each block's last one
  MemoryRecord memory;
  /// "throttled" or "disturbed" when the board's samples prove it; such a lane is no ground for a comparison.
  std::vector<std::string> tags;
  std::vector<std::string> tag_reasons;          ///< one line each
  EnergyUse energy;                              ///< of one image, with all that the meter covers
  std::optional<AcceleratorRecord> accelerator;  ///< absent without a delegate whose devices the probe knows

  /// All samples of all blocks in measuring order, in nanoseconds.
  [[nodiscard]] std::vector<double> samples_ns() const;
};

struct ClassCount {
  std::int64_t images = 0;
  std::int64_t correct = 0;
};

/// How far a cell's output scores are from those of the cell that it is measured against, over the same images
/// (core/metrics/divergence.h). Two models can be right equally often and differ much here.
struct DivergenceRecord {
  std::string against;          ///< CellRecord::id
  std::int64_t images = 0;      ///< compared
  std::int64_t not_finite = 0;  ///< left out because a score was NaN or infinite
  double kl_mean = 0.0;         ///< KL(baseline || this) in nats
  double kl_p99 = 0.0;          ///< its 99th percentile over the images
  double score_step = 0.0;      ///< both sides' scores were compared rounded to it; 0: as they are
  double max_difference = 0.0;  ///< largest |difference| of a raw score
  double cosine_mean = 0.0;     ///< mean cosine between the raw scores of an image
};

/// Images of one cell of a confusion matrix.
struct ConfusedCount {
  std::int32_t truth = 0;
  std::int32_t predicted = 0;  ///< -1: no class of the dataset
  std::int64_t images = 0;
};

/// Of a model that answers with one value for two classes.
struct ThresholdRecord {
  double used = 0.5;         ///< the second class is predicted above it
  double best = 0.5;         ///< right for most of these very images; on others it may do worse
  std::int64_t correct = 0;  ///< images that are right with it
};

/// Above as many classes a confusion matrix is not kept whole: most of it would be zeros.
inline constexpr std::size_t kMostConfusionClasses = 100;

/// Images whose answer the order of the classes decided, because scores are equal, and between what counts of right
/// answers another order could bring them.
struct TieRecord {
  std::int64_t images = 0;  ///< equal scores on both sides of the last place that counts
  std::int64_t low = 0;     ///< right in whatever order
  std::int64_t high = 0;    ///< right in some order
};

struct AccuracyRecord {
  Outcome outcome;
  bool partial = false;
  std::int64_t images = 0;  ///< evaluated; skipped ones are not in it
  std::int64_t correct = 0;
  std::int64_t correct_top5 = 0;
  std::optional<TieRecord> top1_ties;  ///< absent in records of builds that did not count them
  std::optional<TieRecord> top5_ties;
  std::int64_t non_finite = 0;  ///< images whose scores held NaN or Inf; counted as wrong
  std::vector<ClassCount> per_class;
  std::vector<std::vector<std::int64_t>> confusion;  ///< [true class][predicted class]; the last column is "no class".
                                                     ///< Empty above kMostConfusionClasses classes
  std::vector<ConfusedCount> confused;               ///< then, what of it is not zero, by class; else empty
  std::optional<ThresholdRecord> threshold;          ///< absent unless the scores come from one value
  std::string predictions_file;                      ///< relative to the result folder
  std::string scores_file;                           ///< float32 [images][outputs], little endian; empty when not kept
  std::string prediction_sha256;                     ///< over the int32 vector of top-1 classes in sample order
  std::optional<DivergenceRecord> divergence;        ///< absent for a baseline, without both sides' scores, and
                                                     ///< above 64 million scores
  int jobs = 1;
  int batch = 1;
  double seconds = 0.0;              ///< wall time of the evaluation
  double invoke_ms_per_image = 0.0;  ///< mean over all jobs, other jobs running: not a latency figure
  std::vector<std::string> refused;  ///< as RunnerRecord::refused, by the workers that evaluated
  [[nodiscard]] double top1() const noexcept { return images > 0 ? double(correct) / double(images) : 0.0; }
  [[nodiscard]] double top5() const noexcept { return images > 0 ? double(correct_top5) / double(images) : 0.0; }
};

struct ModelRecord {
  std::string path;
  std::string sha256;
  std::string precision;  ///< "fp32", "int8", ... decided from the graph; empty when the file cannot be read
  std::int64_t bytes = 0;
  std::int64_t zstd_bytes = 0;
  int ops = 0;                                   ///< operators of the graph; 0: not read
  int conversion_ops = 0;                        ///< of these QUANTIZE and DEQUANTIZE of activations
  std::int64_t macs = 0;                         ///< multiply-accumulates of one image
  std::optional<CompilationRecord> compilation;  ///< absent without a compiler's log beside the file
};

/// A qbench-worker program: the code that a cell ran in.
struct WorkerRecord {
  std::string path;
  std::string sha256;
  std::string version;  ///< of the qbench that it belongs to
  std::string git_commit;
  int protocol = 0;  ///< version of the requests that it understands
};

/// One cell at batch 1, alone on the board for minutes.
struct SustainedRecord {
  Outcome outcome;
  bool partial = false;
  SustainedFigures figures;
  EnergyUse energy;  ///< of one image, over all windows
  std::vector<std::string> tags;
  std::vector<std::string> tag_reasons;
};

/// How often a model was right with one of the recipes that were tried.
struct RecipeScore {
  std::string recipe;
  std::int64_t images = 0;  ///< that it saw; a recipe that was clearly worse than another saw no more
  std::int64_t correct = 0;
};

/// Recipes tried on some labelled images before the run: those that saw most images first, the best of them first.
struct RecipeTrialRecord {
  std::string cell;  ///< whose model was fed; its result serves the other models of the same network
  double seconds = 0.0;
  std::vector<RecipeScore> scores;
};

/// One variant x runner x options x threads.
struct CellRecord {
  std::string id;  ///< unique in the run, safe as a file name
  std::string variant;
  /// In a run that sets two sides beside each other: "reference", "again" (the reference once more, to see what no
  /// change looks like) or "candidate". Empty in an ordinary run.
  std::string side;
  std::string baseline;  ///< id of the cell that this one is measured against; empty: the record's first cell
  std::string worker;    ///< the qbench-worker of another build; empty: this build's
  ModelRecord model;
  std::string runner;   ///< requested
  std::string kernels;  ///< requested: "auto", "xnnpack", "builtin"
  std::string library;  ///< requested; empty: search order
  std::string delegate;
  int threads = 1;
  Recipe recipe;
  std::string recipe_reason;  ///< why this recipe: one sentence
  RecipeSource recipe_source = RecipeSource::kAssumed;
  std::optional<RecipeTrialRecord> recipe_trial;  ///< absent when no images were asked for the recipe
  std::vector<LaneRecord> lanes;
  std::optional<AccuracyRecord> accuracy;    ///< absent when the run has no dataset
  std::optional<SustainedRecord> sustained;  ///< absent unless asked for
  std::vector<std::string> warnings;
  /// What was rewritten in the model before it ran, because the runtime reads it wrongly or slowly as it is.
  std::vector<std::string> repairs;

  [[nodiscard]] const LaneRecord* lane(int batch) const noexcept;
  /// The worst outcome of the lanes, the accuracy and the sustained run; batch > 1 being unsupported does not make a
  /// cell unsupported.
  [[nodiscard]] const Outcome& worst() const noexcept;
};

struct SkippedImage {
  std::string id;
  std::string reason;
};

/// An image whose stored bytes are those of another one.
struct RepeatedImageRecord {
  std::string id;
  std::string original;      ///< the first with these bytes
  bool other_class = false;  ///< under another label: one of the two is wrong
};

struct DatasetRecord {
  std::string kind;  ///< "noise" when no dataset was given: latency only
  std::string path;
  std::string sha256;
  std::vector<std::string> class_names;
  std::string class_order;         ///< one line: what the class indices follow; empty: the numbers in the files
  std::vector<std::string> notes;  ///< what was left out or taken for granted, one line each
  std::int64_t samples = 0;
  std::int64_t skipped = 0;
  std::vector<SkippedImage> skipped_images;  ///< the first 1,000
  std::int64_t repeats = 0;                  ///< good images that are copies of an earlier one
  std::int64_t repeats_of_other_class = 0;   ///< of these: under another label than the original
  /// The first 100 of either kind, those under another label first.
  std::vector<RepeatedImageRecord> repeated_images;
  std::int64_t reoriented = 0;       ///< images that were turned or mirrored by their EXIF orientation
  double decode_ms_per_image = 0.0;  ///< CPU time of decode + resize
  double cache_seconds = 0.0;
};

/// Everything that one run measured.
struct Record {
  std::string qbench_version;
  std::string git_commit;
  std::string name;         ///< the plan's name
  std::string created_utc;  ///< ISO 8601
  std::uint64_t seed = 0;
  bool partial = false;       ///< the run was interrupted
  std::string settings_json;  ///< effective settings, a JSON object as text
  Board board;
  std::vector<WorkerRecord> workers;  ///< this build's first, then those that cells name
  std::optional<DatasetRecord> dataset;
  std::vector<CellRecord> cells;  ///< the first is the baseline of those that name none
  std::vector<std::string> warnings;
  std::vector<BoardPoint> board_series;  ///< between the blocks, never inside the clock
  double board_sample_us = 0.0;          ///< what one of these samples cost

  /// The cell that `cell`, one of `cells`, is measured against; itself when it is a baseline or names one that is not
  /// here.
  [[nodiscard]] const CellRecord& baseline_of(const CellRecord& cell) const noexcept;
  /// The program that `cell` ran in; null in records of builds that did not note it.
  [[nodiscard]] const WorkerRecord* worker_of(const CellRecord& cell) const noexcept;
};

void to_json(nlohmann::json& json, const Outcome& value);
void from_json(const nlohmann::json& json, Outcome& value);
void to_json(nlohmann::json& json, const LaneRecord& value);
void from_json(const nlohmann::json& json, LaneRecord& value);
void to_json(nlohmann::json& json, const SustainedRecord& value);
void from_json(const nlohmann::json& json, SustainedRecord& value);
void to_json(nlohmann::json& json, const AccuracyRecord& value);
void from_json(const nlohmann::json& json, AccuracyRecord& value);
void to_json(nlohmann::json& json, const WorkerRecord& value);
void from_json(const nlohmann::json& json, WorkerRecord& value);
void to_json(nlohmann::json& json, const RecipeTrialRecord& value);
void from_json(const nlohmann::json& json, RecipeTrialRecord& value);
void to_json(nlohmann::json& json, const CellRecord& value);
void from_json(const nlohmann::json& json, CellRecord& value);
void to_json(nlohmann::json& json, const DatasetRecord& value);
void from_json(const nlohmann::json& json, DatasetRecord& value);
void to_json(nlohmann::json& json, const TensorSpec& value);
void from_json(const nlohmann::json& json, TensorSpec& value);
void to_json(nlohmann::json& json, const RunnerRecord& value);
void from_json(const nlohmann::json& json, RunnerRecord& value);

/// The whole record as a JSON object with "schema_version" first.
[[nodiscard]] nlohmann::ordered_json record_to_json(const Record& record);
/// Throws Error(kConfig) naming `source` when the text is no record, or one of a newer schema.
[[nodiscard]] Record record_from_json(const nlohmann::json& json, std::string_view source);

}  // namespace qbench
