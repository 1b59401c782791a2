// SPDX-License-Identifier: Apache-2.0
#include "models/repair.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "models/repair/workbench.h"

namespace qbench::models {
namespace {

/// Versions above the 2.9 runtime's that differ from it by element types alone (int4, uint32, unscaled int16, ...), by
/// a declared bias type or by a per-channel FULLY_CONNECTED: a node of the older types is the same under the older
/// number. Converters give a version to all nodes of an op, the highest that one of them needs. STRIDED_SLICE 8 and
/// TRANSPOSE_CONV 4 are not here: their new options change what is computed.
struct KnownVersion {
  Op op;
  int version;
};
constexpr std::array kKnownVersions = {
    KnownVersion{Op::kConv2D, 8},
    KnownVersion{Op::kDepthwiseConv2D, 7},
    KnownVersion{Op::kFullyConnected, 13},
    KnownVersion{Op::kAdd, 5},
    KnownVersion{Op::kMul, 7},
    KnownVersion{Op::kAbs, 5},
    KnownVersion{Op::kDequantize, 6},
    KnownVersion{Op::kQuantize, 4},
    KnownVersion{Op::kTranspose, 7},
    KnownVersion{Op::kPad, 5},
    KnownVersion{Op::kPadV2, 5},
    KnownVersion{Op::kGather, 7},
    KnownVersion{Op::kPack, 4},
    KnownVersion{Op::kConcatenation, 4},
    KnownVersion{Op::kSlice, 6},
    KnownVersion{Op::kStridedSlice, 7},
};
constexpr std::size_t kMaxTransposeRank = 5;

bool same_under_older_number(const Graph& graph, const Operator& op) {
  const auto* known = std::find_if(kKnownVersions.begin(), kKnownVersions.end(),
                                   [&op](const KnownVersion& each) { return each.op == op.op; });
  const int data = input_of(op, 0);
  if (known == kKnownVersions.end() || op.version > known->version || data == kNoTensor) return false;
  const Tensor& info = graph.tensors[static_cast<std::size_t>(data)];
  const bool old_type = info.type == TensorType::kFloat32 || info.type == TensorType::kInt8 ||
                        info.type == TensorType::kUint8 || info.type == TensorType::kInt32 ||
                        (info.type == TensorType::kInt16 && info.quantization.is_quantized());
  return old_type && (op.op != Op::kTranspose || info.shape.size() <= kMaxTransposeRank);
}

/// By operator: whether nobody reads any of its results, directly or through others.
std::vector<bool> unread_operators(const Graph& graph) {
  std::vector<bool> read(graph.tensors.size(), false);
  for (int output : graph.outputs) read[static_cast<std::size_t>(output)] = true;
  std::vector<bool> unread(graph.operators.size(), false);
  for (std::size_t i = graph.operators.size(); i-- > 0;) {
    const Operator& op = graph.operators[i];
    const bool keeps_state = op.op == Op::kCustom || is_control_flow(op.op) || op.outputs.empty() ||
                             std::any_of(op.inputs.begin(), op.inputs.end(), [&graph](int input) {
                               return input != kNoTensor && graph.tensors[static_cast<std::size_t>(input)].is_variable;
                             });
    unread[i] = !keeps_state && std::none_of(op.outputs.begin(), op.outputs.end(),
                                             [&read](int output) { return read[static_cast<std::size_t>(output)]; });
    if (unread[i]) continue;
    for (int input : op.inputs) {
      if (input != kNoTensor) read[static_cast<std::size_t>(input)] = true;
    }
  }
  return unread;
}

}  // namespace

Workbench::Workbench(Graph source) : graph(std::move(source)) {
  for (std::size_t i = 0; i < graph.operators.size(); ++i) texts.push_back(operator_text(graph, i));
}

void Workbench::replace(std::size_t index, std::vector<Operator> operators) {
  const auto at = static_cast<std::ptrdiff_t>(index);
  const std::string text = texts[index];
  erase(index);
  texts.insert(texts.begin() + at, operators.size(), text);
  graph.operators.insert(graph.operators.begin() + at, std::make_move_iterator(operators.begin()),
                         std::make_move_iterator(operators.end()));
}

void Workbench::erase(std::size_t index) {
  const auto at = static_cast<std::ptrdiff_t>(index);
  graph.operators.erase(graph.operators.begin() + at);
  texts.erase(texts.begin() + at);
}

void repair_vector_axes(Workbench& bench) {
  for (std::size_t i = 0; i < bench.graph.tensors.size(); ++i) {
    Tensor& info = bench.graph.tensors[i];
    TensorQuantization& quantization = info.quantization;
    const bool fits = quantization.per_channel() && info.shape.size() == 1 &&
                      static_cast<std::size_t>(std::max(info.shape[0], 0)) == quantization.scales.size();
    if (!fits || quantization.axis == 0) continue;
    bench.repairs.push_back(fmt::format("{}: its scales lie along dimension {}, which it lacks; read along dimension 0",
                                        tensor_text(bench.graph, static_cast<int>(i)), quantization.axis));
    quantization.axis = 0;
  }
}

void lower_versions(Workbench& bench) {
  std::map<std::pair<Op, int>, int> lowered;  // op and its version in the file -> how many
  for (Operator& op : bench.graph.operators) {
    const int newest = max_version_2_9(op.op);
    if (newest < 1 || op.version <= newest || !same_under_older_number(bench.graph, op)) continue;
    ++lowered[{op.op, op.version}];
    op.version = newest;
  }
  for (const auto& [from, count] : lowered) {
    bench.repairs.push_back(
        fmt::format("{} version {}: written as version {}, under which the 2.9 runtime has the same "
                    "kernel ({} op{})",
                    op_name(from.first), from.second, max_version_2_9(from.first), count, count == 1 ? "" : "s"));
  }
}

void note_unread(Workbench& bench) {
  const std::vector<bool> unread = unread_operators(bench.graph);
  for (std::size_t i = 0; i < unread.size(); ++i) {
    if (unread[i]) bench.note(i, "dropped; nobody reads its result");
  }
}

std::size_t drop_unread(Workbench& bench) {
  const std::vector<bool> unread = unread_operators(bench.graph);
  for (std::size_t i = unread.size(); i-- > 0;) {
    if (unread[i]) bench.erase(i);
  }
  return static_cast<std::size_t>(std::count(unread.begin(), unread.end(), true));
}

Repaired repair(Graph graph) {
  Workbench bench(std::move(graph));
  repair_vector_axes(bench);
  note_unread(bench);
  drop_unread(bench);
  fold_shapes(bench);
  fold_weight_zero_points(bench);
  spread_depthwise_scales(bench);
  add_missing_biases(bench);
  if (split_per_channel_products(bench)) drop_unread(bench);  // RESHAPEs that were looked through
  lower_versions(bench);
  return {std::move(bench.graph), std::move(bench.repairs)};
}

}  // namespace qbench::models
