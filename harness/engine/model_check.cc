// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/model_check.h"

#include "core/error.h"
#include "core/file_digest.h"
#include "models/classifier.h"
#include "models/edgetpu_log.h"
#include "models/input_normalization.h"
#include "models/metadata.h"
#include "models/model_kind.h"
#include "models/op_cost.h"
#include "models/precision.h"
#include "models/rebatch.h"
#include "models/repair.h"
#include "models/run_verdict.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"

namespace qbench::engine {
namespace {

constexpr std::int64_t kLargestModel = std::int64_t{2} << 30;

/// One entry stands for all channels; anything but 1 or 3 is no normalization of an image.
std::optional<std::array<double, 3>> per_channel(const std::vector<float>& values) {
  if (values.size() == 1) return std::array<double, 3>{values[0], values[0], values[0]};
  if (values.size() == 3) return std::array<double, 3>{values[0], values[1], values[2]};
  return std::nullopt;
}

/// How much there is to do in the graph, and how much of it is only conversion.
void count_work(const models::Graph& graph, ModelRecord& record) {
  record.ops = static_cast<int>(graph.operators.size());
  for (const models::Operator& op : graph.operators) {
    const bool converts = op.op == models::Op::kQuantize || op.op == models::Op::kDequantize;
    if (converts && !models::is_constant(graph, models::input_of(op, 0))) ++record.conversion_ops;
    record.macs += models::multiply_accumulates(graph, op);
  }
}

/// Sorts what validate() finds in a sound graph; the first that a runtime would read wrongly without a word, if any.
std::optional<std::string> sort_findings(const models::Graph& graph, ModelFacts& facts) {
  std::optional<std::string> wrong;
  for (const models::Finding& finding : models::validate(graph)) {
    // Another runtime may have the kernel: only a failed load proves that it is needed.
    if (finding.severity == models::Severity::kNoKernel && facts.needs.empty()) facts.needs = finding.message;
    if (finding.severity == models::Severity::kWrongNumbers && !wrong) wrong = finding.message;
  }
  return wrong;
}

}  // namespace

ModelRecord file_facts(const std::filesystem::path& path) {
  ModelRecord record;
  record.path = path.string();
  std::error_code unreadable;
  const bool is_file = std::filesystem::is_regular_file(path, unreadable);
  if (!is_file && std::filesystem::exists(path, unreadable)) return record;  // check_model() says what it is
  record.bytes = static_cast<std::int64_t>(std::filesystem::file_size(path, unreadable));
  if (!unreadable && record.bytes > kLargestModel) return record;  // check_model() refuses it by its size
  FileDigest digest = digest_file(path);
  record.sha256 = std::move(digest.sha256);
  record.bytes = static_cast<std::int64_t>(digest.bytes);
  record.zstd_bytes = static_cast<std::int64_t>(digest.zstd_bytes);
  return record;
}

Outcome check_model(const std::filesystem::path& path, ModelFacts& facts, ModelRecord& record) {
  const auto refuse = [](Status status, std::string reason) {
    return Outcome{.status = status, .reason = std::move(reason), .stage = "read"};
  };
  try {
    const std::string name = path.filename().string();
    models::require_tflite(path);
    models::Repaired repaired = models::repair(models::read_tflite_file(path));
    const models::Graph& graph = repaired.graph;
    facts.repairs = std::move(repaired.repairs);
    if (const auto needs = models::runtime_needs(graph); !needs.empty()) facts.needs = obstacle_text(needs.front());
    models::require_valid(graph, name);
    count_work(graph, record);
    facts.hints = models::classifier_hints(graph);
    record.compilation = models::read_edgetpu_log(path);
    record.precision = models::precision_name(models::classify_precision(graph));
    if (const std::optional<std::string> wrong = sort_findings(graph, facts)) {
      return refuse(Status::kUnsupported, fmt::format("{}: the runtime would give wrong numbers: {}", name, *wrong));
    }
    if (const auto metadata = models::read_metadata(graph); metadata && metadata->normalization) {
      facts.mean = per_channel(metadata->normalization->mean);
      facts.std = per_channel(metadata->normalization->std);
    }
    facts.normalization = models::input_normalization(graph);
    if (!facts.repairs.empty()) facts.repaired = models::write_tflite(graph);
    return {};
  } catch (const Error& error) {
    const bool unsupported = error.code() == ErrorCode::kUnsupported;
    return refuse(unsupported ? Status::kUnsupported : Status::kError, error.what());
  }
}

Outcome check_classifier(std::span<const TensorSpec> inputs, std::span<const TensorSpec> outputs,
                         const ClassifierHints& hints, ClassifierView& view) {
  try {
    view = classifier_view(inputs, outputs, hints);
    return {};
  } catch (const Error& error) {
    const bool unsupported = error.code() == ErrorCode::kUnsupported;
    return {.status = unsupported ? Status::kUnsupported : Status::kError, .reason = error.what(), .stage = "load"};
  }
}

std::optional<std::vector<std::byte>> rewritten_for_batch(std::span<const std::byte> model, int batch) {
  try {
    const models::Rebatched rewritten = models::rebatch(models::read_tflite(model, "model"), batch);
    if (rewritten.changes.empty() || !rewritten.blockers.empty()) return std::nullopt;
    return models::write_tflite(rewritten.graph);
  } catch (const Error&) {
    return std::nullopt;  // a model that only its own runner can read: the runner's reason stands
  }
}

}  // namespace qbench::engine
