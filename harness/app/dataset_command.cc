// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>

#include "core/error.h"
#include "core/json_text.h"
#include "core/print.h"
#include "datasets/dataset_check.h"
#include "datasets/open_dataset.h"
#include "datasets/synth.h"
#include "harness/app/commands.h"
#include "harness/app/model_labels.h"
#include "harness/app/option_flags.h"
#include "harness/app/terminal_progress.h"
#include "harness/engine/interrupt.h"
#include "reports/console_table.h"

namespace qbench::app {
namespace {

using Json = nlohmann::ordered_json;

struct SynthFlags {
  std::string folder;
  std::size_t count = 2000;
  std::uint64_t seed = datasets::kSyntheticTestSeed;
  datasets::SyntheticSetOptions options;
};

struct CheckFlags {
  datasets::DatasetOptions dataset;
  bool json = false;
};

std::unique_ptr<engine::Progress> make_progress(const GlobalOptions& global) {
  if (global.quiet) return std::make_unique<engine::SilentProgress>();
  return std::make_unique<TerminalProgress>(::isatty(STDERR_FILENO) != 0, reports::terminal_width(STDERR_FILENO));
}

void synthesize(SynthFlags flags, const GlobalOptions& global) {
  const std::unique_ptr<engine::Progress> progress = make_progress(global);
  const engine::InterruptGuard guard;
  progress->begin("drawing images", flags.count);
  flags.options.progress = [&](std::size_t done, std::size_t) {
    progress->advance(done);
    if (engine::interrupted())
      throw Error(ErrorCode::kRuntime, "interrupted; the same command goes on where this stopped");
  };
  const auto made = datasets::write_synthetic_set(flags.folder, flags.count, flags.seed, flags.options);
  progress->end();
  print_text("{} images in '{}': {} drawn, {} were there\n", flags.count, flags.folder, made.written, made.kept);
}

Json check_json(const datasets::DatasetCheck& check) {
  Json json = {{"kind", check.kind},     {"samples", check.samples},     {"ok", check.ok},
               {"sha256", check.sha256}, {"cancelled", check.cancelled}, {"classes", Json::array()},
               {"sizes", Json::array()}, {"skipped", Json::array()},     {"duplicates", Json::array()}};
  for (const auto& entry : check.classes) {
    json["classes"].push_back(
        {{"name", entry.name}, {"ok", entry.ok}, {"skipped", entry.skipped}, {"nearly_empty", entry.nearly_empty}});
  }
  for (const auto& size : check.sizes) {
    json["sizes"].push_back({{"width", size.width}, {"height", size.height}, {"images", size.images}});
  }
  for (const auto& sample : check.skipped) json["skipped"].push_back({{"id", sample.id}, {"reason", sample.reason}});
  for (const auto& group : check.duplicates) {
    json["duplicates"].push_back({{"ids", group.ids}, {"labels_differ", group.labels_differ}});
  }
  return json;
}

void print_check(const datasets::DatasetCheck& check) {
  constexpr std::size_t kShown = 20;
  print_text("{} dataset: {} samples, {} good, {} skipped, {} classes\n", check.kind, check.samples, check.ok,
             check.skipped.size(), check.classes.size());
  for (const auto& entry : check.classes) {
    print_text("  {:<24} {:>8} good {:>6} skipped{}\n", entry.name, entry.ok, entry.skipped,
               entry.nearly_empty ? "  nearly empty" : "");
  }
  for (std::size_t i = 0; i < check.sizes.size() && i < kShown; ++i) {
    print_text("size {}x{}: {} images\n", check.sizes[i].width, check.sizes[i].height, check.sizes[i].images);
  }
  for (std::size_t i = 0; i < check.skipped.size() && i < kShown; ++i) {
    print_text("skipped '{}': {}\n", check.skipped[i].id, check.skipped[i].reason);
  }
  if (check.skipped.size() > kShown)
    print_text("... and {} more skipped; --json lists all\n", check.skipped.size() - kShown);
  for (std::size_t i = 0; i < check.duplicates.size() && i < kShown; ++i) {
    const auto& group = check.duplicates[i];
    print_text("same bytes{}: {} images, '{}' is the first\n", group.labels_differ ? " under different classes" : "",
               group.ids.size(), group.ids.front());
  }
  print_text("sha256 {}\n", check.sha256);
}

void check(const CheckFlags& flags, const GlobalOptions& global) {
  const std::unique_ptr<datasets::Dataset> dataset = datasets::open_dataset(flags.dataset);
  const std::unique_ptr<engine::Progress> progress = make_progress(global);
  for (const std::string& line : dataset_notes(*dataset)) progress->note(line);
  const engine::InterruptGuard guard;
  std::stop_source stop;
  datasets::DatasetCheckOptions options;
  options.stop = stop.get_token();
  options.progress = [&](std::size_t done, std::size_t) {
    progress->advance(done);
    if (engine::interrupted()) stop.request_stop();
  };
  progress->begin("decoding images", dataset->samples().size());
  const datasets::DatasetCheck result = datasets::check_dataset(*dataset, options);
  progress->end();
  if (flags.json) {
    print_block(stdout, json_text(check_json(result), 2) + "\n");
  } else {
    print_check(result);
  }
}

void add_synth(CLI::App& parent, const GlobalOptions& global) {
  CLI::App* command =
      parent.add_subcommand("synth", "Draw the synthetic set: ten classes of shapes with strong nuisance");
  auto flags = std::make_shared<SynthFlags>();
  command->add_option("folder", flags->folder, "Where to; one sub-folder a class")->required();
  command->add_option("--count", flags->count, "Images in all")->check(not_negative())->capture_default_str();
  command->add_option("--seed", flags->seed, "Set number; 1 is for training, 2 for calibration, 3 for tests")
      ->check(not_negative())
      ->capture_default_str();
  command->add_option("--size", flags->options.size, "Pixels a side")->check(not_negative())->capture_default_str();
  command->add_option("--jobs", flags->options.jobs, "Threads; 0: one per CPU that may be used")->check(not_negative());
  command->footer("Example: qbench dataset synth shapes/ --count 2000 --seed 3");
  command->callback([flags, &global] { synthesize(*flags, global); });
}

void add_check(CLI::App& parent, const GlobalOptions& global) {
  CLI::App* command = parent.add_subcommand("check", "Decode every image of a dataset and say what is wrong with it");
  auto flags = std::make_shared<CheckFlags>();
  command->add_option("path", flags->dataset.path, "Folder of class folders, CIFAR-10 or EEMBC binaries")->required();
  command->add_option("--kind", flags->dataset.kind, "auto, or a kind that 'qbench list' names")->capture_default_str();
  command->add_option("--list", flags->dataset.list_file, "List of 'path,label' lines");
  command->add_option("--labels", flags->dataset.labels_file, "Class names in the order of the outputs: lines or JSON");
  command->add_flag("--json", flags->json, "For machines");
  command->footer("Example: qbench dataset check images/");
  command->callback([flags, &global] { check(*flags, global); });
}

}  // namespace

void add_dataset_command(CLI::App& app, const GlobalOptions& global, CommandResult&) {
  CLI::App* command = app.add_subcommand("dataset", "Make the synthetic set, or check a folder of images");
  command->require_subcommand(1);
  add_synth(*command, global);
  add_check(*command, global);
}

}  // namespace qbench::app
