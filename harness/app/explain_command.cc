// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "core/json_text.h"
#include "core/print.h"
#include "harness/app/commands.h"
#include "harness/app/layer_table.h"
#include "harness/app/option_flags.h"
#include "harness/app/variant_tools.h"
#include "harness/engine/interrupt.h"
#include "harness/variants/layer_errors.h"
#include "models/model_kind.h"
#include "models/quantize/float_model.h"
#include "models/run_verdict.h"
#include "models/tflite_reader.h"
#include "models/validator.h"

namespace qbench::app {
namespace {

struct ExplainFlags {
  std::string reference, other, dataset;
  ImageFlags image;
  std::size_t rows = 20;
  bool json = false;
};

void explain(const ExplainFlags& flags, const GlobalOptions& global) {
  models::require_tflite(flags.reference);
  models::require_tflite(flags.other);
  const std::unique_ptr<engine::Progress> progress = command_progress(global);
  // Matched as the files are; what runs is repaired (see layer_errors.h).
  const models::Graph reference = models::read_tflite_file(flags.reference);
  models::require_float_classifier(repaired(reference, flags.reference, global, *progress), flags.reference,
                                   hints_from(reference, flags.image));
  const models::Graph other = models::read_tflite_file(flags.other);
  models::require_right(repaired(other, flags.other, global, *progress), flags.other);
  models::require_plain_ops(other, flags.other);
  (void)variants::match_activations(reference, other);  // strangers are refused before any image is read

  const variants::Execution execution = execution_from(flags.image);
  const engine::InterruptGuard guard;
  const auto images = load_images(reference,
                                  {.model = flags.reference,
                                   .variant = flags.other,
                                   .folder = flags.dataset,
                                   .images = flags.image.images,
                                   .needs_labels = false},
                                  flags.image, *progress);
  const auto errors = variants::layer_errors(reference, other, *images, execution, *progress);
  if (!global.quiet) {
    for (const std::string& note : images->notes()) progress->note(note);
  }
  if (flags.json) {
    const nlohmann::ordered_json all = {{"reference", flags.reference},
                                        {"other", flags.other},
                                        {"images", images->count()},
                                        {"ops", layer_json(errors)}};
    print_block(stdout, json_text(all, 2) + "\n");
    return;
  }
  print_text("{} against {}, {} images\n", flags.other, flags.reference, images->count());
  print_block(stdout, layer_table(errors, flags.rows, stdout_style()));
}

}  // namespace

void add_explain_command(CLI::App& app, const GlobalOptions& global, CommandResult&) {
  CLI::App* command = app.add_subcommand("explain", "Tell which ops of a quantized model the error comes from");
  auto flags = std::make_shared<ExplainFlags>();
  command->add_option("float", flags->reference, "The float32 model")->required();
  command->add_option("quantized", flags->other, "A variant of the same model")->required();
  command
      ->add_option("dataset", flags->dataset,
                   "Images: a folder of them or of class folders, CIFAR-10 or EEMBC binaries")
      ->required();
  add_image_flags(*command, flags->image);
  command->add_option("--rows", flags->rows, "Ops to show")->check(not_negative())->capture_default_str();
  command->add_flag("--json", flags->json, "For machines");
  command->footer("Example: qbench explain fp32.tflite int8.tflite images/");
  command->callback([flags, &global] { explain(*flags, global); });
}

}  // namespace qbench::app
