// SPDX-License-Identifier: Apache-2.0
// The record's JSON layout. A missing field reads as its default, so that records of older builds stay readable.
#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/record.h"

// Defines to_json and from_json out of line for the fields named (the library's own macros only define them inline).
#define QBENCH_JSON(Type, ...)                                                              \
  void to_json(nlohmann::json& nlohmann_json_j, const Type& nlohmann_json_t) {              \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_TO, __VA_ARGS__))                \
  }                                                                                         \
  void from_json(const nlohmann::json& nlohmann_json_j, Type& nlohmann_json_t) {            \
    const Type nlohmann_json_default_obj{};                                                 \
    NLOHMANN_JSON_EXPAND(NLOHMANN_JSON_PASTE(NLOHMANN_JSON_FROM_WITH_DEFAULT, __VA_ARGS__)) \
  }

/// A missing value is null.
template <typename T>
struct nlohmann::adl_serializer<std::optional<T>> {
  static void to_json(json& json, const std::optional<T>& value) {
    json = value ? nlohmann::json(*value) : nlohmann::json();
  }
  static void from_json(const json& json, std::optional<T>& value) {
    value = json.is_null() ? std::nullopt : std::optional(json.get<T>());
  }
};

namespace qbench {
namespace {

constexpr std::array kStatuses{Status::kOk,  Status::kUnsupported, Status::kCrashed,  Status::kTimeout,
                               Status::kOom, Status::kError,       Status::kCancelled};
constexpr std::array kDTypes{DType::kFloat32, DType::kFloat16, DType::kInt8,  DType::kUint8,
                             DType::kInt16,   DType::kInt32,   DType::kInt64, DType::kBool};

}  // namespace

void to_json(nlohmann::json& json, Status status) { json = status_name(status); }
void from_json(const nlohmann::json& json, Status& status) {
  const auto name = json.get<std::string>();
  for (Status candidate : kStatuses) {
    if (status_name(candidate) == name) {
      status = candidate;
      return;
    }
  }
  throw Error(ErrorCode::kConfig, "'{}' is no status of a cell", name);
}

void to_json(nlohmann::json& json, DType dtype) { json = dtype_name(dtype); }
void from_json(const nlohmann::json& json, DType& dtype) {
  const auto name = json.get<std::string>();
  for (DType candidate : kDTypes) {
    if (dtype_name(candidate) == name) {
      dtype = candidate;
      return;
    }
  }
  throw Error(ErrorCode::kConfig, "'{}' is no element type of a tensor", name);
}

void to_json(nlohmann::json& json, const Recipe& value);
void from_json(const nlohmann::json& json, Recipe& value);
void to_json(nlohmann::json& json, const Recipe& value) { json = to_json(value); }
void from_json(const nlohmann::json& json, Recipe& value) { value = recipe_from_json(json); }

static void to_json(nlohmann::json& json, const EnergyUse& value) { json = to_json(value); }
static void from_json(const nlohmann::json& json, EnergyUse& value) { value = energy_use_from_json(json); }

static void to_json(nlohmann::json& json, const BoardPoint& value) {
  json = {{"at_s", value.at_s}, {"sample", to_json(value.sample)}};
}
static void from_json(const nlohmann::json& json, BoardPoint& value) {
  value = {json.at("at_s").get<double>(), board_sample_from_json(json.at("sample"))};
}

QBENCH_JSON(Quantization, scale, zero_point)
QBENCH_JSON(TensorSpec, name, shape, dtype, quantization)
QBENCH_JSON(Outcome, status, reason, stage, signal, stderr_tail)
QBENCH_JSON(BlockRecord, round, process, start_s, samples_ns)
QBENCH_JSON(MemoryRecord, before_load, peak_load, peak_first, peak_steady)
QBENCH_JSON(RunnerRecord, name, version, library, library_sha256, kernels, notes, isolation, refused,
            delegate_create_ms, accelerated_parts, builtin_ops)
QBENCH_JSON(LaneRecord, batch, outcome, partial, cut_short, batching, runner, inputs, outputs, load_ms, first_invoke_ms,
            cpu, dropped, timed, turns, blocks, input_copy_us, output_copy_us, encode_us, cpu_ms, memory, tags,
            tag_reasons, energy, accelerator)
QBENCH_JSON(SustainedRecord, outcome, partial, figures, energy, tags, tag_reasons)
QBENCH_JSON(ClassCount, images, correct)
QBENCH_JSON(DivergenceRecord, against, images, not_finite, kl_mean, kl_p99, score_step, max_difference, cosine_mean)
QBENCH_JSON(ConfusedCount, truth, predicted, images)
QBENCH_JSON(ThresholdRecord, used, best, correct)
QBENCH_JSON(TieRecord, images, low, high)
QBENCH_JSON(AccuracyRecord, outcome, partial, images, correct, correct_top5, top1_ties, top5_ties, non_finite,
            per_class, confusion, confused, threshold, predictions_file, scores_file, prediction_sha256, divergence,
            jobs, batch, seconds, invoke_ms_per_image, refused)
QBENCH_JSON(WorkerRecord, path, sha256, version, git_commit, protocol)
QBENCH_JSON(ModelRecord, path, sha256, precision, bytes, zstd_bytes, ops, conversion_ops, macs, compilation)
QBENCH_JSON(SkippedImage, id, reason)
QBENCH_JSON(RepeatedImageRecord, id, original, other_class)
QBENCH_JSON(DatasetRecord, kind, path, sha256, class_names, class_order, notes, samples, skipped, skipped_images,
            repeats, repeats_of_other_class, repeated_images, reoriented, decode_ms_per_image, cache_seconds)

namespace {

/// Builds before there was a source only wrote the reason.
RecipeSource source_of_reason(std::string_view reason) {
  if (reason == "given") return RecipeSource::kGiven;
  if (reason.find("is assumed") != std::string_view::npos) return RecipeSource::kAssumed;
  return reason.starts_with("the model's metadata") ? RecipeSource::kMetadata : RecipeSource::kQuantization;
}

}  // namespace

QBENCH_JSON(RecipeScore, recipe, images, correct)
QBENCH_JSON(RecipeTrialRecord, cell, seconds, scores)

void to_json(nlohmann::json& json, const CellRecord& value) {
  json = {{"id", value.id},
          {"variant", value.variant},
          {"side", value.side},
          {"baseline", value.baseline},
          {"worker", value.worker},
          {"model", value.model},
          {"runner", value.runner},
          {"kernels", value.kernels},
          {"library", value.library},
          {"delegate", value.delegate},
          {"threads", value.threads},
          {"recipe", value.recipe},
          {"recipe_sha256", recipe_sha256(value.recipe)},
          {"recipe_reason", value.recipe_reason},
          {"recipe_source", recipe_source_name(value.recipe_source)},
          {"lanes", value.lanes},
          {"warnings", value.warnings},
          {"repairs", value.repairs}};
  json["recipe_trial"] = value.recipe_trial ? nlohmann::json(*value.recipe_trial) : nlohmann::json();
  json["accuracy"] = value.accuracy ? nlohmann::json(*value.accuracy) : nlohmann::json();
  json["sustained"] = value.sustained ? nlohmann::json(*value.sustained) : nlohmann::json();
}

void from_json(const nlohmann::json& json, CellRecord& value) {
  json.at("id").get_to(value.id);
  json.at("variant").get_to(value.variant);
  value.side = json.value("side", std::string());
  value.baseline = json.value("baseline", std::string());
  value.worker = json.value("worker", std::string());
  json.at("model").get_to(value.model);
  json.at("runner").get_to(value.runner);
  value.kernels = json.value("kernels", std::string());
  value.library = json.value("library", std::string());
  value.delegate = json.value("delegate", std::string());
  value.threads = json.value("threads", 1);
  if (json.contains("recipe")) json.at("recipe").get_to(value.recipe);
  value.recipe_reason = json.value("recipe_reason", std::string());
  value.recipe_source = json.contains("recipe_source") ? recipe_source_from(json.at("recipe_source").get<std::string>())
                                                       : source_of_reason(value.recipe_reason);
  if (json.contains("recipe_trial") && !json.at("recipe_trial").is_null()) {
    value.recipe_trial = json.at("recipe_trial").get<RecipeTrialRecord>();
  }
  json.at("lanes").get_to(value.lanes);
  value.warnings = json.value("warnings", std::vector<std::string>());
  value.repairs = json.value("repairs", std::vector<std::string>());
  if (json.contains("sustained") && !json.at("sustained").is_null()) {
    value.sustained = json.at("sustained").get<SustainedRecord>();
  }
  if (json.contains("accuracy") && !json.at("accuracy").is_null()) {
    value.accuracy = json.at("accuracy").get<AccuracyRecord>();
  }
}

nlohmann::ordered_json record_to_json(const Record& record) {
  nlohmann::ordered_json json;
  json["schema_version"] = kRecordSchemaVersion;
  json["qbench_version"] = record.qbench_version;
  json["git_commit"] = record.git_commit;
  json["name"] = record.name;
  json["created_utc"] = record.created_utc;
  json["seed"] = record.seed;
  json["partial"] = record.partial;
  json["settings"] = nlohmann::json::parse(record.settings_json.empty() ? "{}" : record.settings_json);
  json["board"] = to_json(record.board);
  json["workers"] = nlohmann::json(record.workers);
  json["dataset"] = record.dataset ? nlohmann::json(*record.dataset) : nlohmann::json();
  json["cells"] = nlohmann::json(record.cells);
  json["warnings"] = record.warnings;
  json["board_series"] = nlohmann::json(record.board_series);
  json["board_sample_us"] = record.board_sample_us;
  return json;
}

Record record_from_json(const nlohmann::json& json, std::string_view source) {
  try {
    const int version = json.at("schema_version").get<int>();
    if (version > kRecordSchemaVersion) {
      throw Error(ErrorCode::kConfig, "'{}' has record schema {}, this build reads up to {}; use a newer qbench",
                  source, version, kRecordSchemaVersion);
    }
    Record record;
    record.qbench_version = json.value("qbench_version", std::string());
    record.git_commit = json.value("git_commit", std::string());
    record.name = json.value("name", std::string());
    record.created_utc = json.value("created_utc", std::string());
    record.seed = json.value("seed", std::uint64_t{0});
    record.partial = json.value("partial", false);
    record.settings_json = json.contains("settings") ? json.at("settings").dump() : "{}";
    if (json.contains("board")) record.board = board_from_json(json.at("board"));
    record.workers = json.value("workers", std::vector<WorkerRecord>());
    if (json.contains("dataset") && !json.at("dataset").is_null()) {
      record.dataset = json.at("dataset").get<DatasetRecord>();
    }
    json.at("cells").get_to(record.cells);
    record.warnings = json.value("warnings", std::vector<std::string>());
    record.board_series = json.value("board_series", std::vector<BoardPoint>());
    record.board_sample_us = json.value("board_sample_us", 0.0);
    return record;
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kConfig, "'{}' is not a qbench record: {}", source, error.what());
  }
}

}  // namespace qbench
