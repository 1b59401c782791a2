// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/print.h"
#include "core/recipe.h"
#include "datasets/open_dataset.h"
#include "harness/app/commands.h"
#include "reports/builtin.h"
#include "runners/builtin.h"

namespace qbench::app {
namespace {

nlohmann::ordered_json everything() {
  nlohmann::ordered_json all;
  for (const runners::RunnerDescriptor& runner : runners::builtin_runners()) {
    const runners::Availability here = runner.probe({});
    all["runners"].push_back({{"name", runner.name},
                              {"summary", runner.summary},
                              {"available", here.available},
                              {"reason", here.reason},
                              {"version", here.version},
                              {"library", here.library.string()}});
  }
  for (const datasets::DatasetKind& kind : datasets::dataset_kinds()) {
    all["datasets"].push_back({{"name", kind.name}, {"summary", kind.summary}});
  }
  for (const Recipe& recipe : known_recipes()) all["recipes"].push_back(nlohmann::ordered_json(to_json(recipe)));
  for (const reports::ReportFormat& format : reports::report_formats()) {
    all["reports"].push_back({{"name", format.name}, {"file", format.file}, {"summary", format.summary}});
  }
  return all;
}

std::string text_of(const nlohmann::ordered_json& entry, const char* key) { return entry.at(key).get<std::string>(); }

void print_tables(const nlohmann::ordered_json& all) {
  print_text("Runners\n");
  for (const auto& runner : all.value("runners", nlohmann::ordered_json::array())) {
    print_text("  {:<18} {}\n", text_of(runner, "name"), text_of(runner, "summary"));
    if (runner.at("available").get<bool>()) {
      print_text("  {:<18} yes: version {}, {}\n", "", text_of(runner, "version"), text_of(runner, "library"));
    } else {
      print_text("  {:<18} no: {}\n", "", text_of(runner, "reason"));
    }
  }
  print_text("Datasets\n");
  for (const auto& kind : all.at("datasets")) {
    print_text("  {:<18} {}\n", text_of(kind, "name"), text_of(kind, "summary"));
  }
  print_text("Recipes\n");
  for (const auto& recipe : all.at("recipes")) {
    print_text("  {:<18} {}, mean {}, std {}, label offset {}\n", text_of(recipe, "name"), text_of(recipe, "resize"),
               recipe.at("mean").dump(), recipe.at("std").dump(), recipe.at("label_offset").get<int>());
  }
  print_text("Reports\n");
  for (const auto& format : all.at("reports")) {
    print_text("  {:<18} {}: {}\n", text_of(format, "name"), text_of(format, "file"), text_of(format, "summary"));
  }
}

}  // namespace

void add_list_command(CLI::App& app, const GlobalOptions&, CommandResult&) {
  CLI::App* command =
      app.add_subcommand("list", "Runners, datasets, recipes and report formats, with what is missing and why");
  auto as_json = std::make_shared<bool>(false);
  command->add_flag("--json", *as_json, "For machines");
  command->footer("Example: qbench list --json");
  command->callback([as_json] {
    const nlohmann::ordered_json all = everything();
    if (*as_json) {
      print_block(stdout, json_text(all, 2) + "\n");
    } else {
      print_tables(all);
    }
  });
}

}  // namespace qbench::app
