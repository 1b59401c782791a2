// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/json_text.h"
#include "core/print.h"
#include "harness/app/commands.h"
#include "harness/app/inspect_text.h"
#include "models/dot.h"
#include "models/foreign_model.h"
#include "models/inspect_json.h"
#include "models/model_kind.h"
#include "models/tflite_reader.h"

namespace qbench::app {
namespace {

struct InspectFlags {
  std::string model;
  std::string dot;
  bool json = false;
};

void print(const nlohmann::json& json) { print_block(stdout, json_text(json, 2) + "\n"); }

void inspect_tflite(const InspectFlags& flags) {
  const std::filesystem::path path = flags.model;
  const models::ModelSummary summary = models::inspect_file(path);
  if (flags.json) print(to_json(summary));
  if (!flags.json) print_block(stdout, inspect_text(summary));
  if (flags.dot.empty()) return;
  const models::Graph graph = models::read_tflite_file(path);
  write_file_atomic(flags.dot, models::to_dot(graph, path.filename().string()));
}

void inspect_foreign(const InspectFlags& flags, const std::string& refusal) {
  if (!flags.dot.empty()) throw Error(ErrorCode::kUsage, "--dot draws .tflite files only, not '{}'", flags.model);
  const models::ForeignModel model = models::read_foreign_model(flags.model);
  if (!flags.json) {
    print_block(stdout, inspect_text(model, refusal));
    return;
  }
  nlohmann::json json = to_json(model);
  const nlohmann::json obstacle = {{"because", refusal}, {"remedy", ""}};
  json["run"] = {
      {"takes", false}, {"obstacles", nlohmann::json::array({obstacle})}, {"repairs", nlohmann::json::array()}};
  print(json);
}

void inspect(const InspectFlags& flags) {
  const models::ModelFile file = models::sniff_model(flags.model);
  if (file.kind == models::ModelKind::kOnnx || file.kind == models::ModelKind::kFrozenGraph) {
    inspect_foreign(flags, models::refusal_of(file, flags.model));
    return;
  }
  models::require_tflite(flags.model);
  inspect_tflite(flags);
}

}  // namespace

void add_inspect_command(CLI::App& app, const GlobalOptions&, CommandResult&) {
  CLI::App* command = app.add_subcommand("inspect", "What a model file is: tensors, precision, ops, costs, metadata");
  auto flags = std::make_shared<InspectFlags>();
  command->add_option("model", flags->model, "A .tflite file; .onnx and frozen .pb files are listed")->required();
  command->add_option("--dot", flags->dot, "Write a Graphviz drawing of the graph to this file");
  command->add_flag("--json", flags->json, "For machines");
  command->footer("Example: qbench inspect model.tflite --dot model.dot");
  command->callback([flags] { inspect(*flags); });
}

}  // namespace qbench::app
