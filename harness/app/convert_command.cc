// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/json_text.h"
#include "core/print.h"
#include "harness/app/commands.h"
#include "models/model_kind.h"
#include "models/output_check.h"
#include "models/quantize/drop_unused.h"
#include "models/repair.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"

namespace qbench::app {
namespace {

struct ConvertFlags {
  std::string model, output;
  bool force = false;
  bool json = false;
};

/// What the source breaks of the rules for files that we make (weights of -128, another bias scale); repairs keep it.
std::string kept_violation(const models::Graph& result, const models::Bytes& bytes, const std::string& name) {
  models::require_right(result, name);
  if (models::write_tflite(models::read_tflite(bytes, name)) != bytes) {
    throw Error(ErrorCode::kModel, "{}: the bytes written for it read back as another network", name);
  }
  try {
    models::check_output(result, bytes, name);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

void print_result(const ConvertFlags& flags, const std::vector<std::string>& repairs, const std::string& kept,
                  std::size_t bytes) {
  if (flags.json) {
    const nlohmann::ordered_json all = {
        {"model", flags.model}, {"output", flags.output}, {"bytes", bytes}, {"repairs", repairs}, {"kept", kept}};
    print_block(stdout, json_text(all, 2) + "\n");
    return;
  }
  for (const std::string& line : repairs) print_text("repaired: {}\n", line);
  if (repairs.empty()) print_text("nothing needed repair; the network is written as it is\n");
  if (!kept.empty()) print_text("kept as it was: {}\n", kept);
  print_text("{}: {} bytes\n", flags.output, bytes);
}

void convert(const ConvertFlags& flags) {
  models::require_tflite(flags.model);
  const std::filesystem::path output = flags.output;
  if (!flags.force && std::filesystem::exists(output)) {
    throw Error(ErrorCode::kIo, "'{}' exists; give another file with -o, or --force to replace it", flags.output);
  }
  const models::Graph source = models::read_tflite_file(flags.model);
  const models::Repaired repaired = models::repair(source);
  const models::Graph result = repaired.repairs.empty() ? source : models::drop_unused(repaired.graph);
  const models::Bytes bytes = models::write_tflite(result);
  const std::string kept = kept_violation(result, bytes, output.filename().string());
  write_file_atomic(output, bytes);
  print_result(flags, repaired.repairs, kept, bytes.size());
}

}  // namespace

void add_convert_command(CLI::App& app, const GlobalOptions&, CommandResult&) {
  CLI::App* command = app.add_subcommand(
      "convert", "Write a model anew with what the runtime reads wrongly repaired; 'run' does the same in memory");
  auto flags = std::make_shared<ConvertFlags>();
  command->add_option("model", flags->model, "A .tflite file")->required();
  command->add_option("-o,--output", flags->output, "The file to write")->required();
  command->add_flag("--force", flags->force, "Replace a file that exists");
  command->add_flag("--json", flags->json, "For machines");
  command->footer("Example: qbench convert model.tflite -o repaired.tflite");
  command->callback([flags] { convert(*flags); });
}

}  // namespace qbench::app
