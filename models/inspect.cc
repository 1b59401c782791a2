// SPDX-License-Identifier: Apache-2.0
#include "models/inspect.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "core/error.h"
#include "core/file_digest.h"
#include "core/files.h"
#include "models/classifier.h"
#include "models/half.h"
#include "models/op_cost.h"
#include "models/rebatch.h"
#include "models/repair.h"
#include "models/tflite_limits.h"
#include "models/tflite_reader.h"
#include "models/xnnpack_support.h"

namespace qbench::models {
namespace {

/// A batch that nothing was converted for: what stops it is what hard-codes the batch.
constexpr int kProbeBatch = 64;
/// Of weights that lie in a mapped file, as much is in memory at a time; whole values of every type.
constexpr std::size_t kSliceBytes = std::size_t{16} << 20;

/// Counted where they lie: a copy of the weights of a model of 2 GB as wide numbers would take many times that.
template <typename Stored, typename Counts>
std::int64_t count_stored(std::span<const std::byte> bytes, const Counts& counts) {
  std::int64_t count = 0;
  for (std::size_t at = 0; at + sizeof(Stored) <= bytes.size(); at += sizeof(Stored)) {
    Stored value{};
    std::memcpy(&value, bytes.data() + at, sizeof value);
    count += counts(value) ? 1 : 0;
  }
  return count;
}

/// Weights that stand for zero; 0 for a type that cannot be counted.
std::int64_t zeros_in(std::span<const std::byte> bytes, TensorType type, std::int64_t zero) {
  const auto is_zero = [zero](auto value) { return static_cast<std::int64_t>(value) == zero; };
  switch (type) {
    case TensorType::kFloat32:
      return count_stored<float>(bytes, [](float value) { return value == 0.0F; });
    case TensorType::kFloat64:
      return count_stored<double>(bytes, [](double value) { return static_cast<float>(value) == 0.0F; });
    case TensorType::kFloat16:
      return count_stored<std::uint16_t>(bytes, [](std::uint16_t bits) { return from_half(bits) == 0.0F; });
    case TensorType::kInt8:
      return count_stored<std::int8_t>(bytes, is_zero);
    case TensorType::kUint8:
      return count_stored<std::uint8_t>(bytes, is_zero);
    case TensorType::kInt16:
      return count_stored<std::int16_t>(bytes, is_zero);
    case TensorType::kInt32:
      return count_stored<std::int32_t>(bytes, is_zero);
    case TensorType::kInt64:
      return count_stored<std::int64_t>(bytes, is_zero);
    default:
      return 0;
  }
}

class Inspector {
 public:
  Inspector(const Graph& graph, std::string_view name) : graph_(graph), index_(graph) { summary_.name = name; }

  ModelSummary run() {
    summary_.description = printable(graph_.description);
    summary_.precision = classify_precision(graph_);
    summary_.inputs = ends(graph_.inputs);
    summary_.outputs = ends(graph_.outputs);
    summary_.signatures = graph_.signatures;
    summary_.findings = validate(graph_);
    summarize_operators();
    summarize_constants();
    summarize_limits();
    find_classifier();
    summarize_run();
    return std::move(summary_);
  }

 private:
  const Tensor& tensor(int index) const { return graph_.tensors[static_cast<std::size_t>(index)]; }

  std::vector<EndSummary> ends(const std::vector<int>& tensors) const {
    std::vector<EndSummary> result;
    for (int index : tensors) {
      const Tensor& info = tensor(index);
      result.push_back(
          {printable(info.name), info.shape, info.shape_signature, type_name(info.type), info.quantization});
    }
    return result;
  }

  // Shapes of a file with fatal findings may be anything; what cannot be counted counts as nothing.
  std::int64_t elements(int index) const {
    if (index == kNoTensor) {
      return 0;
    }
    const std::vector<int>& shape = tensor(index).shape;
    const bool countable = std::all_of(shape.begin(), shape.end(), [](int side) { return side >= 0; });
    try {
      return countable ? element_count(shape) : 0;
    } catch (const Error&) {
      return 0;
    }
  }

  bool is_sound() const {
    return std::none_of(summary_.findings.begin(), summary_.findings.end(),
                        [](const Finding& f) { return f.severity == Severity::kFatal; });
  }

  void summarize_operators() {
    std::set<int> counted;
    std::map<std::string, OpKindSummary> kinds;
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      const Operator& op = graph_.operators[i];
      OpSummary one{.index = i, .op = op_name(op.op), .version = op.version, .output = {}, .output_shape = {}};
      if (op.op == Op::kCustom) {
        one.op += " " + printable_name(op.custom_code);
      }
      if (!op.outputs.empty()) {
        one.output = printable(tensor(op.outputs[0]).name);
        one.output_shape = tensor(op.outputs[0]).shape;
      }
      one.macs = macs_of(i);
      for (int constant : parameters_of(op)) {
        one.parameters += elements(constant);
        summary_.parameters += counted.insert(constant).second ? elements(constant) : 0;
      }
      add_to_kind(kinds[one.op], one);
      summary_.ops.push_back(std::move(one));
    }
    for (auto& [name, kind] : kinds) {
      std::sort(kind.versions.begin(), kind.versions.end());
      kind.versions.erase(std::unique(kind.versions.begin(), kind.versions.end()), kind.versions.end());
      summary_.op_kinds.push_back(std::move(kind));
    }
    std::stable_sort(summary_.op_kinds.begin(), summary_.op_kinds.end(), [](const auto& a, const auto& b) {
      return std::pair(a.macs, a.count) > std::pair(b.macs, b.count);
    });
  }

  /// One op with impossible shapes hides the figures of no other. The sum stays below 2^62 for a graph within the
  /// validator's memory limit, and only there.
  std::int64_t macs_of(std::size_t index) {
    std::int64_t macs = 0;
    bool countable = true;
    try {
      macs = multiply_accumulates(graph_, graph_.operators[index]);
    } catch (const Error&) {
      countable = false;
    }
    countable = countable && !__builtin_add_overflow(summary_.macs, macs, &summary_.macs);
    if (countable) return macs;
    summary_.uncounted.push_back(operator_text(graph_, index));
    return 0;
  }

  static void add_to_kind(OpKindSummary& kind, const OpSummary& one) {
    kind.op = one.op;
    kind.count += 1;
    kind.versions.push_back(one.version);
    kind.macs += one.macs;
    kind.parameters += one.parameters;
  }

  /// Stored weights and biases, and the slopes of PRELU.
  std::vector<int> parameters_of(const Operator& op) const {
    std::vector<int> result;
    if (op.op == Op::kPrelu && is_constant(graph_, input_of(op, 1))) {
      result.push_back(input_of(op, 1));
    }
    const WeightedOperands operands = weighted_operands(graph_, index_, op);
    for (int constant : {operands.stored_weights, operands.stored_bias}) {
      if (constant != kNoTensor) {
        result.push_back(constant);
      }
    }
    return result;
  }

  void summarize_constants() {
    std::set<std::uint32_t> seen;
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      const Tensor& info = graph_.tensors[i];
      const auto bytes = models::constant_bytes(graph_, static_cast<int>(i));
      if (!bytes.empty() && seen.insert(info.buffer).second) {
        summary_.constant_bytes[type_name(info.type)] += static_cast<std::int64_t>(bytes.size());
      }
    }
    std::set<int> counted;
    for (const Operator& op : graph_.operators) {
      const int weights = weighted_operands(graph_, index_, op).stored_weights;
      if (weights != kNoTensor && counted.insert(weights).second) {
        count_zeros(weights);
      }
    }
  }

  void count_zeros(int weights) {
    const Tensor& info = tensor(weights);
    const std::size_t size = type_bytes(info.type);
    const auto bytes = models::constant_bytes(graph_, weights);
    if (size == 0 || bytes.size() != static_cast<std::size_t>(elements(weights)) * size) {
      return;
    }
    summary_.weights += elements(weights);
    const std::vector<std::int64_t>& zero_points = info.quantization.zero_points;
    const std::int64_t zero = zero_points.size() == 1 ? zero_points[0] : 0;
    for (std::size_t at = 0; at < bytes.size(); at += kSliceBytes) {
      const auto slice = bytes.subspan(at, std::min(kSliceBytes, bytes.size() - at));
      summary_.zero_weights += zeros_in(slice, info.type, zero);
      if (bytes.size() > kSliceBytes) graph_.buffers[info.buffer].release();
    }
  }

  void summarize_limits() {
    if (is_sound()) {
      const Rebatched rebatched = rebatch(graph_, kProbeBatch);
      summary_.fixed_batch = rebatched.changes;
      summary_.fixed_batch.insert(summary_.fixed_batch.end(), rebatched.blockers.begin(), rebatched.blockers.end());
    }
    for (std::size_t i : models::left_by_xnnpack(graph_)) {
      summary_.left_by_xnnpack.push_back(operator_text(graph_, i));
    }
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      const Operator& op = graph_.operators[i];
      if (op.op == Op::kCustom) {
        summary_.needs_delegate.push_back(operator_text(graph_, i));
      }
      const int known = max_version_2_9(op.op);
      if (known >= 0 && op.version > known) {
        summary_.needs_newer_runtime.push_back(
            fmt::format("{}: version {}, the 2.9 runtime knows {}", operator_text(graph_, i), op.version, known));
      }
    }
  }

  /// Judged as run judges it: after the repairs that it makes in memory.
  void summarize_run() {
    Repaired repaired = repair(graph_);
    summary_.run_obstacles = run_obstacles(repaired.graph, validate(repaired.graph));
    summary_.repairs = std::move(repaired.repairs);
  }

  /// Why there is none, the obstacles say.
  void find_classifier() {
    try {
      summary_.classifier = classifier_view_of(graph_, classifier_hints(graph_));
    } catch (const Error&) {
      summary_.classifier.reset();
    }
  }

  const Graph& graph_;
  GraphIndex index_;
  ModelSummary summary_;
};

}  // namespace

namespace {

ModelSummary summary_of(const Graph& graph, std::string_view name, std::uint64_t bytes, std::uint64_t zstd_bytes) {
  ModelSummary summary = Inspector(graph, name).run();
  summary.file_bytes = bytes;
  summary.zstd_bytes = zstd_bytes;
  try {
    summary.metadata = read_metadata(graph);
  } catch (const Error& error) {
    summary.findings.push_back({Severity::kWarning, error.what()});
  }
  return summary;
}

}  // namespace

ModelSummary inspect(std::span<const std::byte> file, std::string_view name) {
  return summary_of(read_tflite(file, name), name, file.size(), zstd_compressed_size(file));
}

ModelSummary inspect_file(const std::filesystem::path& path) {
  const Graph graph = read_tflite_file(path);
  const FileDigest digest = digest_file(path, kMaxTfliteBytes);
  return summary_of(graph, path.filename().string(), digest.bytes, digest.zstd_bytes);
}

}  // namespace qbench::models
