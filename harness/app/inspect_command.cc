// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
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

template <typename Model>
void print(const Model& model, bool as_json) {
  if (as_json) {
    fmt::print("{}\n", to_json(model).dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  } else {
    fmt::print("{}", inspect_text(model));
  }
}

void inspect_tflite(const InspectFlags& flags) {
  const std::filesystem::path path = flags.model;
  constexpr std::uint64_t kLargest = std::uint64_t{2} << 30;
  const std::vector<std::byte> bytes = read_file(path, kLargest);
  print(models::inspect(bytes, path.filename().string()), flags.json);
  if (flags.dot.empty()) return;
  const models::Graph graph = models::read_tflite(bytes, path.filename().string());
  write_file_atomic(flags.dot, models::to_dot(graph, path.filename().string()));
}

void inspect(const InspectFlags& flags) {
  const models::ModelKind kind = models::sniff_model(flags.model);
  if (kind == models::ModelKind::kOnnx || kind == models::ModelKind::kFrozenGraph) {
    if (!flags.dot.empty()) throw Error(ErrorCode::kUsage, "--dot draws .tflite files only, not '{}'", flags.model);
    print(models::read_foreign_model(flags.model), flags.json);
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
