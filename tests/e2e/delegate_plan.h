// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "core/files.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace qbench::testing {

/// Runs over a delegate library: a model "compiled" for it between two ordinary cells.
class DelegatePlan {
 public:
  using Options = std::map<std::string, std::string>;

  DelegatePlan() {
    edge_model = set_.model("edge");
    dataset = set_.images().string();
    write_file_atomic(edge_model, tiny_model({.custom_op = "edgetpu-custom-op"}));
  }

  [[nodiscard]] std::filesystem::path path() const { return set_.path(); }
  [[nodiscard]] std::filesystem::path results() const { return set_.results(); }

  [[nodiscard]] nlohmann::json edge(const std::string& name, const Options& options) const {
    const nlohmann::json delegate = {{"library", library.string()}, {"options", options}};
    return {{"name", name}, {"model", edge_model.string()}, {"runners", {{{"delegate", delegate}}}}};
  }

  /// The cells "before", "edge" and "after".
  ProgramResult run(const Options& options, const std::vector<std::string>& environment = {}) const {
    const auto plain = [this](const char* name) {
      return nlohmann::json{{"name", name}, {"model", set_.model("fp32").string()}};
    };
    return run_variants({plain("before"), edge("edge", options), plain("after")}, environment);
  }

  ProgramResult run_variants(const nlohmann::json& variants, const std::vector<std::string>& environment = {}) const {
    nlohmann::json plan = {
        {"variants", variants},
        {"batches", {1, 4}},
        {"settings",
         {{"rounds", 4}, {"min_rounds", 2}, {"load_timeout_s", 4}, {"request_timeout_s", 20}, {"jobs", 2}}}};
    plan["settings"].update(settings);
    if (!dataset.empty()) plan["dataset"] = dataset;
    plan["recipe"] = "raw255";
    write_file_atomic(path() / "plan.json", plan.dump());
    return run_qbench({"-q", "run", path() / "plan.json", "-o", results()}, environment);
  }

  std::filesystem::path library = stand_in("fake_delegate");
  std::filesystem::path edge_model;
  std::string dataset;
  nlohmann::json settings = nlohmann::json::object();  ///< besides the quick ones

 private:
  TinySet set_;
};

}  // namespace qbench::testing
