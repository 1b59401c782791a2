// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/file_digest.h"
#include "core/files.h"
#include "core/json_text.h"
#include "core/print.h"
#include "harness/app/commands.h"
#include "harness/app/quantize_output.h"
#include "harness/app/run_flags.h"
#include "harness/app/variant_tools.h"
#include "harness/engine/interrupt.h"
#include "harness/variants/calibration.h"
#include "harness/variants/describe_graph.h"
#include "harness/variants/mixed_precision.h"
#include "models/model_kind.h"
#include "models/output_check.h"
#include "models/quantize/float_model.h"
#include "models/quantize/integer_quantizer.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"

namespace qbench::app {
namespace {

using Path = std::filesystem::path;

constexpr double kNoDropLimit = -1.0;
constexpr std::uint64_t kMaxModelBytes = (std::uint64_t{2} << 30) - 1;

struct QuantizeFlags {
  std::string model, output, calibrate, validate;
  std::vector<std::string> to;
  std::string io;
  std::string method = "mse";
  std::vector<std::string> keep_float;
  bool no_bias_correction = false;
  bool strict = false;
  bool report = false;
  bool force = false;
  bool json = false;
  double max_drop = kNoDropLimit;
  ImageFlags image;
};

/// One run of the command.
class Quantizer {
 public:
  Quantizer(const QuantizeFlags& flags, const GlobalOptions& global)
      : flags_(flags),
        global_(global),
        progress_(command_progress(global)),
        kinds_(variants::variant_kinds(flags.to)),
        method_(variants::range_method(flags.method)),
        folder_(flags.output.empty() ? Path(flags.model).parent_path() : Path(flags.output)) {
    if (folder_.empty()) folder_ = ".";
    options_.correct_bias = !flags.no_bias_correction;
    options_.strict = flags.strict;
    if (!flags.io.empty()) options_.io = variants::io_type(flags.io);
  }

  int run() {
    read_model();
    check_flags();
    std::vector<Path> files;
    for (const variants::VariantKind& kind : kinds_) files.push_back(variant_path(folder_, flags_.model, kind.name));
    check_output(folder_, files, flags_.force);
    const engine::InterruptGuard guard;
    load();
    for (std::size_t i = 0; i < kinds_.size(); ++i) made_.push_back(make(kinds_[i], files[i]));
    refuse_if_nothing_was_done();
    // Only now, so that a failure leaves no half family behind.
    write_variants(folder_, made_);
    show();
    return static_cast<int>(gate_missed_ ? ExitCode::kGateMissed : ExitCode::kDone);
  }

 private:
  void read_model() {
    const std::string name = Path(flags_.model).filename().string();
    models::require_tflite(flags_.model);
    file_ = digest_file(flags_.model, kMaxModelBytes);
    graph_ = repaired(models::read_tflite_file(flags_.model), name, global_, *progress_);
    models::require_float_classifier(graph_, name, hints_from(graph_, flags_.image));
  }

  [[nodiscard]] bool any_calibrated() const {
    return std::any_of(kinds_.begin(), kinds_.end(),
                       [](const variants::VariantKind& kind) { return kind.needs_calibration(); });
  }
  /// Calibration that is not needed but makes dynamic and weight-only better.
  [[nodiscard]] bool corrects_stored() const {
    return options_.correct_bias && !flags_.calibrate.empty() &&
           std::ranges::any_of(kinds_, [](const variants::VariantKind& kind) { return kind.stores_weights(); });
  }
  [[nodiscard]] bool wants_drop_limit() const { return flags_.max_drop >= 0.0; }
  [[nodiscard]] bool needs_images() const {
    return any_calibrated() || corrects_stored() || flags_.report || wants_drop_limit();
  }

  void check_flags() {
    options_.keep_float = models::select_operators(graph_, flags_.keep_float);
    if (needs_images() && flags_.calibrate.empty()) {
      throw Error(ErrorCode::kUsage, "int8, int16x8, --report and --max-drop need images: give --calibrate DATASET");
    }
    if (needs_images() && flags_.image.images == 0) {
      throw Error(ErrorCode::kUsage, "calibration with 0 images makes no sense; give --images 100");
    }
    if (!any_calibrated() && !flags_.io.empty()) {
      throw Error(ErrorCode::kUsage, "--io is for int8 and int16x8, none of which is asked for");
    }
    const bool any_keeps = std::ranges::any_of(kinds_, &variants::VariantKind::can_keep_float);
    if (!any_keeps && !flags_.keep_float.empty()) {
      throw Error(ErrorCode::kUsage,
                  "--keep-float is for int8, int16x8, dynamic and weight-only, none of which is asked for");
    }
  }

  void load() {
    if (!needs_images()) return;
    execution_ = execution_from(flags_.image);
    const bool judges = wants_drop_limit() && flags_.validate.empty();
    images_ = load_images(
        graph_,
        {.model = flags_.model, .folder = flags_.calibrate, .images = flags_.image.images, .needs_labels = judges},
        flags_.image, *progress_);
    require_pictures();
    say(images_->notes());
    graph_ = variants::described(graph_, *images_);
    if (!flags_.validate.empty()) {
      validation_ = load_images(
          graph_,
          {.model = flags_.model,
           .folder = flags_.validate,
           .recipe = datasets::DerivedRecipe{.recipe = images_->recipe(), .source = RecipeSource::kGiven, .why = {}}},
          flags_.image, *progress_);
    }
    if (wants_drop_limit()) float_accuracy_ = accuracy_of(models::write_tflite(graph_), "top-1 of the float model");
  }

  void require_pictures() const {
    if (images_->plain_count() < images_->count()) return;
    throw Error(ErrorCode::kDataset,
                "every image of '{}' has a single colour; calibrate with pictures like those the model will see",
                flags_.calibrate);
  }

  void say(const std::vector<std::string>& lines) const {
    if (global_.quiet) return;
    for (const std::string& line : lines) progress_->note(line);
  }

  variants::Accuracy accuracy_of(const models::Bytes& model, std::string_view phase) {
    const variants::ImageSet& images = validation_ ? *validation_ : *images_;
    return variants::measure_accuracy(model, images, execution_, *progress_, phase);
  }

  const models::ActivationStatistics& statistics_for(const variants::VariantKind& kind) {
    if (kind.stores_weights() && corrects_stored()) return statistics_with_means();
    if (!kind.needs_calibration()) return no_statistics_;
    const auto type = kind.kind == variants::VariantKind::Kind::kInt8 ? models::ActivationType::kInt8
                                                                      : models::ActivationType::kInt16;
    // Only "mse" depends on the type.
    if (!calibrated_ || (method_ == variants::RangeMethod::kLeastError && type != calibrated_for_)) {
      const bool first = !calibrated_;
      statistics_ =
          variants::calibrate(graph_, *images_, {.method = method_, .activations = type}, execution_, *progress_);
      calibrated_ = true;
      calibrated_for_ = type;
      if (first) say(variants::calibration_warnings(graph_, statistics_));
    }
    return statistics_;
  }

  /// The means of the channels are the same whatever the ranges; those of an integer variant serve if one is made.
  const models::ActivationStatistics& statistics_with_means() {
    for (const variants::VariantKind& kind : kinds_) {
      if (kind.needs_calibration()) return calibrated_ ? statistics_ : statistics_for(kind);
    }
    if (means_.channel_means.empty()) {
      means_ =
          variants::calibrate(graph_, *images_, {.method = variants::RangeMethod::kMinMax}, execution_, *progress_);
    }
    return means_;
  }

  MadeVariant make(const variants::VariantKind& kind, const Path& path) {
    MadeVariant made{.name = kind.name, .path = path};
    const models::ActivationStatistics& statistics = statistics_for(kind);
    variants::Variant variant = variants::make_variant(graph_, kind, statistics, options_);
    if (wants_drop_limit() && variant.nothing_done.empty()) {
      variant = limit_drop(kind, statistics, std::move(variant), made.notes);
    }
    made.nothing_done = variant.nothing_done;
    if (!made.nothing_done.empty()) return made;
    made.notes.insert(made.notes.begin(), variant.notes.begin(), variant.notes.end());
    made.bytes = models::write_tflite(variant.graph);
    models::check_output(variant.graph, made.bytes, path.filename().string());
    if (flags_.report) made.errors = variants::layer_errors(graph_, variant.graph, *images_, execution_, *progress_);
    return made;
  }

  /// Ops that may be kept in float, the one that adds most error first.
  std::vector<std::size_t> worst_first(const variants::VariantKind& kind, const models::Graph& variant) {
    std::vector<std::size_t> order;
    if (!kind.can_keep_float()) return order;
    const auto errors = variants::layer_errors(graph_, variant, *images_, execution_, *progress_);
    for (std::size_t position : variants::ranking(errors)) {
      if (errors[position].added > 0.0) order.push_back(errors[position].op);
    }
    return order;
  }

  variants::Variant limit_drop(const variants::VariantKind& kind, const models::ActivationStatistics& statistics,
                               variants::Variant variant, std::vector<std::string>& notes) {
    const std::vector<std::size_t> order = worst_first(kind, variant.graph);
    const auto measure = [this](const models::Bytes& model) { return accuracy_of(model, "top-1 of a candidate"); };
    variants::MixedResult result = variants::keep_within_drop(graph_, kind, statistics, options_, order,
                                                              flags_.max_drop, measure, float_accuracy_);
    notes.push_back(drop_sentence(result));
    gate_missed_ = gate_missed_ || !result.reached;
    return std::move(result.variant);
  }

  [[nodiscard]] std::string drop_sentence(const variants::MixedResult& result) const {
    const std::size_t kept = result.chosen.keep_float.size() - result.start.keep_float.size();
    std::string text = accuracy_sentence(result.chosen, float_accuracy_) + limit_sentence(result, flags_.max_drop);
    if (kept == 0) return text + "; no op had to be kept in float";
    return text + fmt::format(
                      "; ops kept in float: {}, variants measured: {}; before: {} right, {} bytes, {:.3f} ms an "
                      "image; now {} bytes, {:.3f} ms",
                      kept, result.measured, result.start.accuracy.right(), result.start.bytes,
                      result.start.accuracy.milliseconds, result.chosen.bytes, result.chosen.accuracy.milliseconds);
  }

  /// One that would be the float model again is not written; where that is all, nothing was done.
  void refuse_if_nothing_was_done() const {
    const auto idle = [](const MadeVariant& made) { return !made.nothing_done.empty(); };
    if (!std::ranges::all_of(made_, idle)) return;
    throw Error(ErrorCode::kModel, "{}: nothing to quantize: {}; no file was written", flags_.model,
                made_.front().nothing_done);
  }

  void show() const {
    if (flags_.json) {
      print_block(stdout, json_text(made_json(flags_.model, file_, made_), 2) + "\n");
    } else {
      print_block(stdout, made_table(flags_.model, file_, made_, stdout_style()));
    }
  }

  const QuantizeFlags& flags_;
  const GlobalOptions& global_;
  std::unique_ptr<engine::Progress> progress_;
  std::vector<variants::VariantKind> kinds_;
  variants::RangeMethod method_;
  Path folder_;
  variants::VariantOptions options_;
  FileDigest file_;
  models::Graph graph_;
  variants::Execution execution_;
  std::unique_ptr<variants::ImageSet> images_;
  std::unique_ptr<variants::ImageSet> validation_;  ///< null: the calibration images
  variants::Accuracy float_accuracy_;
  const models::ActivationStatistics no_statistics_;
  models::ActivationStatistics means_;  ///< for variants that need no ranges
  models::ActivationStatistics statistics_;
  bool calibrated_ = false;
  models::ActivationType calibrated_for_ = models::ActivationType::kInt8;
  std::vector<MadeVariant> made_;
  bool gate_missed_ = false;
};

void add_flags(CLI::App& command, QuantizeFlags& flags) {
  command.add_option("model", flags.model, "The float32 model, a .tflite file")->required();
  command.add_option("--to", flags.to, "fp16, dynamic, weight-only, int8, int16x8, pruned<percent>, rounded; a list")
      ->delimiter(',')
      ->required();
  command.add_option("-o,--output", flags.output, "Folder of the files (default: that of the model)");
  command.add_flag("--force", flags.force, "Replace files that exist");
  command.add_option(
      "--io", flags.io,
      "Input and output of int8 and int16x8: float32, int8 or uint8 (default int8; float32 for int16x8)");
  command.add_option("--calibrate", flags.calibrate,
                     "Images: a folder of them or of class folders, CIFAR-10 or EEMBC binaries");
  command.add_option("--method", flags.method, "Ranges of activations: minmax, mse or percentile (99.99)")
      ->capture_default_str();
  command.add_flag("--no-bias-correction", flags.no_bias_correction, "Leave the biases as they are");
  command.add_option("--keep-float", flags.keep_float, "Ops to leave in float: kind, #position or name of a result")
      ->delimiter(',');
  command.add_flag("--strict", flags.strict, "Refuse a model with an op that cannot be quantized");
  command.add_flag("--report", flags.report, "Tell which ops the error comes from");
  command.add_option("--max-drop", flags.max_drop, "Keep the fewest ops in float so that top-1 drops by at most this")
      ->check(CLI::Range(0.0, 100.0));
  add_label_offset_flag(command, flags.image.label_offset);
  command.add_option("--validate", flags.validate, "Images for --max-drop (default: the calibration images)");
  command.add_flag("--json", flags.json, "For machines");
  add_image_flags(command, flags.image);
}

}  // namespace

void add_quantize_command(CLI::App& app, const GlobalOptions& global, CommandResult& result) {
  CLI::App* command = app.add_subcommand("quantize", "Make the variants of a float32 model");
  auto flags = std::make_shared<QuantizeFlags>();
  add_flags(*command, *flags);
  command->footer("Example: qbench quantize fp32.tflite --to fp16,int8 --calibrate images/ -o variants/");
  command->callback([flags, &global, &result] { result.exit_code = Quantizer(*flags, global).run(); });
}

}  // namespace qbench::app
