// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/make_variant.h"

#include "core/error.h"
#include "models/metadata.h"
#include "models/quantize/drop_unused.h"
#include "models/quantize/dynamic_range.h"
#include "models/quantize/float16.h"
#include "models/quantize/integer_quantizer.h"
#include "models/quantize/prune.h"
#include "models/quantize/round_weights.h"
#include "models/quantize/variant_check.h"
#include "models/quantize/weight_only.h"

namespace qbench::variants {
namespace {

using Kind = VariantKind::Kind;

constexpr int kRoundedLevels = 255;
constexpr float kByteMax = 255.0F;

Variant integer_variant(const models::Graph& graph, Kind kind, const models::ActivationStatistics& statistics,
                        const VariantOptions& options) {
  const bool int8 = kind == Kind::kInt8;
  models::IntegerOptions integer;
  integer.activations = int8 ? models::ActivationType::kInt8 : models::ActivationType::kInt16;
  integer.io = options.io.value_or(int8 ? models::GraphIo::kInt8 : models::GraphIo::kFloat32);
  integer.correct_bias = options.correct_bias;
  integer.strict = options.strict;
  integer.keep_float = options.keep_float;
  models::IntegerResult result = models::quantize_integer(graph, statistics, integer);
  Variant variant{std::move(result.graph), std::move(result.notes), {}};
  if (result.integer_ops == 0) variant.nothing_done = "no op of the model could be quantized";
  const auto metadata = models::read_metadata(graph);
  if (integer.io == models::GraphIo::kUint8 && metadata && !metadata->input_min.empty()) {
    models::MetadataUpdate update;
    update.input_min = 0.0F;
    update.input_max = kByteMax;
    variant.graph = models::update_metadata(variant.graph, update);
  }
  return variant;
}

models::StoredWeightOptions stored_weights(const models::ActivationStatistics& statistics,
                                           const VariantOptions& options) {
  return {.statistics = options.correct_bias ? &statistics : nullptr, .keep_float = options.keep_float};
}

std::vector<std::string> bias_notes(const models::ActivationStatistics& statistics, const VariantOptions& options) {
  if (!options.correct_bias || !statistics.channel_means.empty()) return {};
  return {"biases are not corrected for the mean error of the weights, which takes images: give --calibrate DATASET"};
}

/// What a variant that came out as the float model again would have needed.
std::string why_nothing(const VariantKind& kind) {
  switch (kind.kind) {
    case Kind::kDynamic:
      return "no convolution or fully connected layer has 1024 weights or more";
    case Kind::kWeightOnly:
      return "no convolution or fully connected layer has 256 weights or more";
    case Kind::kFloat16:
      return "no constant has 64 values or more";
    default:
      return "no convolution or fully connected layer has weights that this changes";
  }
}

Variant unchecked_variant(const models::Graph& graph, const VariantKind& kind,
                          const models::ActivationStatistics& statistics, const VariantOptions& options) {
  switch (kind.kind) {
    case Kind::kFloat16:
      return {models::to_float16(graph), {}, {}};
    case Kind::kDynamic:
      return {models::dynamic_range(graph, stored_weights(statistics, options)), bias_notes(statistics, options), {}};
    case Kind::kWeightOnly:
      return {models::weight_only(graph, stored_weights(statistics, options)), bias_notes(statistics, options), {}};
    case Kind::kPruned:
      return {models::prune(graph, kind.percent / 100.0), {"smaller only after compression: the zeros are stored"}, {}};
    case Kind::kRounded:
      return {models::round_weights(graph, kRoundedLevels),
              {"smaller only after compression: the values stay float32"},
              {}};
    case Kind::kInt8:
    case Kind::kInt16x8:
      break;
  }
  return integer_variant(graph, kind.kind, statistics, options);
}

}  // namespace

Variant make_variant(const models::Graph& graph, const VariantKind& kind,
                     const models::ActivationStatistics& statistics, const VariantOptions& options) {
  Variant variant = unchecked_variant(graph, kind, statistics, options);
  models::check_same_network(variant.graph, graph, kind.name);
  if (!kind.needs_calibration() && variant.graph == models::drop_unused(graph)) {
    variant.nothing_done =
        options.keep_float.empty() ? why_nothing(kind) : "all that could be quantized is kept in float";
  }
  return variant;
}

models::GraphIo io_type(const std::string& name) {
  if (name == "float32") return models::GraphIo::kFloat32;
  if (name == "int8") return models::GraphIo::kInt8;
  if (name == "uint8") return models::GraphIo::kUint8;
  throw Error(ErrorCode::kUsage, "there is no input and output type '{}'; give float32, int8 or uint8", name);
}

}  // namespace qbench::variants
