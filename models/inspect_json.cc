// SPDX-License-Identifier: Apache-2.0
#include "models/inspect_json.h"

#include <nlohmann/json.hpp>

namespace qbench::models {
namespace {

using nlohmann::json;

json end_json(const EndSummary& end) {
  json result = {{"name", end.name}, {"shape", end.shape}, {"type", end.type}};
  if (!end.signature.empty()) {
    result["shape_signature"] = end.signature;
  }
  if (end.quantization.is_quantized()) {
    result["scale"] = end.quantization.scales;
    result["zero_point"] = end.quantization.zero_points;
  }
  return result;
}

json op_json(const OpSummary& op) {
  return {{"index", op.index},
          {"op", op.op},
          {"version", op.version},
          {"output", op.output},
          {"output_shape", op.output_shape},
          {"macs", op.macs},
          {"parameters", op.parameters}};
}

json obstacle_json(const Obstacle& obstacle) { return {{"because", obstacle.because}, {"remedy", obstacle.remedy}}; }

json kind_json(const OpKindSummary& kind) {
  return {{"op", kind.op},
          {"count", kind.count},
          {"versions", kind.versions},
          {"macs", kind.macs},
          {"parameters", kind.parameters}};
}

std::string_view severity_name(Severity severity) {
  switch (severity) {
    case Severity::kFatal:
      return "fatal";
    case Severity::kWrongNumbers:
      return "wrong-numbers";
    case Severity::kNoKernel:
      return "no-kernel";
    case Severity::kWarning:
      return "warning";
  }
  return "warning";
}

std::string as_printable(const std::string& text) { return printable(text); }

template <typename Items, typename Convert>
json list_json(const Items& items, const Convert& convert) {
  json result = json::array();
  for (const auto& item : items) {
    result.push_back(convert(item));
  }
  return result;
}

std::string_view colour_name(ColourSpace colour) {
  switch (colour) {
    case ColourSpace::kRgb:
      return "rgb";
    case ColourSpace::kGray:
      return "gray";
    case ColourSpace::kUnknown:
      return "unknown";
  }
  return "unknown";
}

json metadata_json(const ModelMetadata& metadata) {
  json result = {{"name", printable(metadata.name)},
                 {"description", printable(metadata.description)},
                 {"version", printable(metadata.version)},
                 {"author", printable(metadata.author)},
                 {"license", printable(metadata.license)},
                 {"min_parser_version", printable(metadata.min_parser_version)},
                 {"min_runtime_version", printable(metadata.min_runtime_version)},
                 {"input_min", metadata.input_min},
                 {"input_max", metadata.input_max},
                 {"colour_space", colour_name(metadata.colour_space)},
                 {"image_width", metadata.image_width},
                 {"image_height", metadata.image_height},
                 {"labels_file", printable(metadata.labels_file)},
                 {"labels", list_json(metadata.labels, as_printable)}};
  if (metadata.normalization) {
    result["normalization"] = {{"mean", metadata.normalization->mean}, {"std", metadata.normalization->std}};
  }
  return result;
}

json signature_json(const Signature& signature) {
  const auto entry = [](const SignatureEntry& each) {
    return json{{"name", printable(each.name)}, {"tensor", each.tensor}};
  };
  return {{"key", printable(signature.key)},
          {"inputs", list_json(signature.inputs, entry)},
          {"outputs", list_json(signature.outputs, entry)}};
}

json finding_json(const Finding& finding) {
  return {{"severity", severity_name(finding.severity)}, {"message", finding.message}};
}

/// How a run reads the tensors.
json view_json(const ModelSummary& summary) {
  if (!summary.classifier) return nullptr;
  const ImageInput& image = summary.classifier->image;
  const ScoresOutput& scores = summary.classifier->scores;
  return {{"height", image.height},
          {"width", image.width},
          {"channels", image.channels},
          {"layout", image.order == PixelOrder::kPlanes ? "channel by channel" : "pixel by pixel"},
          {"output", printable(scores.name)},
          {"output_index", scores.index},
          {"classes", scores.classes()},
          {"assumed", list_json(summary.classifier->assumptions, as_printable)}};
}

}  // namespace

json to_json(const ModelSummary& summary) {
  json result = {{"model", printable(summary.name)},
                 {"format", "tflite"},
                 {"description", summary.description},
                 {"precision", precision_name(summary.precision)},
                 {"classifier", summary.is_classifier()},
                 {"inputs", list_json(summary.inputs, end_json)},
                 {"outputs", list_json(summary.outputs, end_json)},
                 {"op_kinds", list_json(summary.op_kinds, kind_json)},
                 {"ops", list_json(summary.ops, op_json)},
                 {"macs", summary.macs},
                 {"uncounted", summary.uncounted},
                 {"parameters", summary.parameters},
                 {"constant_bytes", summary.constant_bytes},
                 {"weights", summary.weights},
                 {"zero_weights", summary.zero_weights},
                 {"sparsity", summary.sparsity()},
                 {"file_bytes", summary.file_bytes},
                 {"zstd_bytes", summary.zstd_bytes},
                 {"fixed_batch", summary.fixed_batch},
                 {"needs_delegate", summary.needs_delegate},
                 {"left_by_xnnpack", summary.left_by_xnnpack},
                 {"needs_newer_runtime", summary.needs_newer_runtime},
                 {"signatures", list_json(summary.signatures, signature_json)},
                 {"findings", list_json(summary.findings, finding_json)}};
  result["run"] = {{"takes", summary.run_obstacles.empty()},
                   {"obstacles", list_json(summary.run_obstacles, obstacle_json)},
                   {"repairs", summary.repairs}};
  result["view"] = view_json(summary);
  result["metadata"] = summary.metadata ? metadata_json(*summary.metadata) : json(nullptr);
  return result;
}

}  // namespace qbench::models
