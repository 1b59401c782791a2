// SPDX-License-Identifier: Apache-2.0
#include "models/foreign_model.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <span>
#include <system_error>

#include "core/error.h"
#include "core/files.h"
#include "core/printable.h"
#include "models/foreign_readers.h"
#include "models/model_kind.h"

namespace qbench::models {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxForeignBytes = (1ULL << 31) - 1;

nlohmann::json ends_json(const std::vector<ForeignEnd>& ends) {
  nlohmann::json result = nlohmann::json::array();
  for (const ForeignEnd& end : ends) {
    result.push_back({{"name", end.name}, {"shape", end.shape}, {"type", end.type}});
  }
  return result;
}

}  // namespace

ForeignModel read_foreign_model(const fs::path& path) {
  const ModelFile file = sniff_model(path);
  if (file.kind != ModelKind::kOnnx && file.kind != ModelKind::kFrozenGraph) {
    throw Error(ErrorCode::kModel, "{}: {}", path.string(), refusal_of(file, path));
  }
  const std::vector<std::byte> data = read_file(path, kMaxForeignBytes);
  ForeignModel model =
      file.kind == ModelKind::kOnnx ? read_onnx(data, path.string()) : read_graph_def(data, path.string());
  for (ExternalData& external : model.external_data) {
    external.problem = external_data_problem(path, external.location);
    external.location = printable(external.location);
  }
  return model;
}

std::string external_data_problem(const fs::path& model, std::string_view location) {
  const fs::path relative(location);
  if (location.empty() || location.find('\0') != std::string_view::npos) {
    return "not a file name";
  }
  if (relative.is_absolute()) {
    return "absolute path";
  }
  if (std::find(relative.begin(), relative.end(), "..") != relative.end()) {
    return "leaves the model's folder";
  }
  std::error_code error;
  const fs::path folder = fs::canonical(fs::absolute(model).parent_path(), error);
  const fs::path file = error ? fs::path() : fs::canonical(folder / relative, error);
  if (error) {
    return "does not exist";
  }
  const auto [end_of_folder, rest] = std::mismatch(folder.begin(), folder.end(), file.begin(), file.end());
  if (end_of_folder != folder.end()) {
    return "leads outside the model's folder";
  }
  return fs::is_regular_file(file, error) ? "" : "not a regular file";
}

nlohmann::json to_json(const ForeignModel& model) {
  nlohmann::json external = nlohmann::json::array();
  for (const ExternalData& data : model.external_data) {
    external.push_back({{"location", data.location}, {"problem", data.problem}});
  }
  return {{"format", model.format},
          {"producer", model.producer},
          {"opset", model.opset},
          {"inputs", ends_json(model.inputs)},
          {"outputs", ends_json(model.outputs)},
          {"op_kinds", model.ops},
          {"external_data", external}};
}

}  // namespace qbench::models
