// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/make_variant.h"

#include "core/error.h"
#include "models/metadata.h"
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
  Variant variant{std::move(result.graph), std::move(result.notes)};
  const auto metadata = models::read_metadata(graph);
  if (integer.io == models::GraphIo::kUint8 && metadata && !metadata->input_min.empty()) {
    models::MetadataUpdate update;
    update.input_min = 0.0F;
    update.input_max = kByteMax;
    variant.graph = models::update_metadata(variant.graph, update);
  }
  return variant;
}

Variant unchecked_variant(const models::Graph& graph, const VariantKind& kind,
                          const models::ActivationStatistics& statistics, const VariantOptions& options) {
  switch (kind.kind) {
    case Kind::kFloat16:
      return {models::to_float16(graph), {}};
    case Kind::kDynamic:
      return {models::dynamic_range(graph), {}};
    case Kind::kWeightOnly:
      return {models::weight_only(graph), {}};
    case Kind::kPruned:
      return {models::prune(graph, kind.percent / 100.0), {"smaller only after compression: the zeros are stored"}};
    case Kind::kRounded:
      return {models::round_weights(graph, kRoundedLevels),
              {"smaller only after compression: the values stay float32"}};
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
  return variant;
}

models::GraphIo io_type(const std::string& name) {
  if (name == "float32") return models::GraphIo::kFloat32;
  if (name == "int8") return models::GraphIo::kInt8;
  if (name == "uint8") return models::GraphIo::kUint8;
  throw Error(ErrorCode::kUsage, "there is no input and output type '{}'; give float32, int8 or uint8", name);
}

}  // namespace qbench::variants
