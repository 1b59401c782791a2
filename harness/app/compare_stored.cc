// SPDX-License-Identifier: Apache-2.0
#include "harness/app/compare_stored.h"
#include "core/print.h"
#include "core/printable.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "harness/app/kept_profile.h"
#include "harness/app/option_flags.h"
#include "harness/app/result_folder.h"
#include "harness/app/result_path.h"
#include "harness/app/run_output.h"
#include "reports/builtin.h"
#include "reports/comparability.h"
#include "reports/console_table.h"
#include "reports/gate_check.h"
#include "reports/json_report.h"
#include "reports/stored_comparison.h"

namespace qbench::app {
namespace {

using Path = std::filesystem::path;
using reports::ReportInput;

struct Inputs {
  reports::StoredRun a;
  reports::StoredRun b;
};

Inputs read_inputs(const std::vector<std::string>& paths) {
  if (paths.size() != 2) {
    throw Error(ErrorCode::kUsage, "compare needs two results (the reference first), or --live; {} given",
                paths.size());
  }
  std::ranges::for_each(paths, require_no_model);
  std::error_code ignored;
  const bool same_place = std::filesystem::equivalent(paths[0], paths[1], ignored);
  Inputs inputs{reports::read_run(paths[0]), reports::read_run(paths[1])};
  if (same_place || record_to_json(inputs.a.record) == record_to_json(inputs.b.record)) {
    throw Error(ErrorCode::kUsage, "'{}' and '{}' hold the very same run; give two different ones", paths[0], paths[1]);
  }
  return inputs;
}

/// Prints why the two must not be compared; true when that is the end.
bool refused(const reports::Pairing& pairing, const std::vector<std::string>& reasons, bool force) {
  if (pairing.pairs.empty()) {
    print_text(stderr,
               "qbench: not comparable: no cell of one has a counterpart in the other (same variant, runner, "
               "kernels, delegate and threads)\n");
    return true;
  }
  for (const std::string& reason : reasons) {
    print_text(stderr, "qbench: {}: {}\n", force ? "forced" : "not comparable", printable(reason));
  }
  return !reasons.empty() && !force;
}

/// What runs of the same thing differ by: the board's own figure, where it was measured, and never less than the usual.
reports::StoredSettings settings_for(const Board& board, const RunFlags& flags) {
  engine::RunSettings run;
  apply_given(engine::run_option_table(), flags.settings, flags.given_settings, run);
  reports::StoredSettings settings{.comparison = comparison_settings(run)};
  if (const auto profile = kept_profile(board.id)) {
    settings.run_noise = std::max(settings.run_noise, 2.0 * profile->latency_floor);
    settings.ratio_noise = std::max(settings.ratio_noise, 2.0 * profile->latency_floor);
  }
  return settings;
}

std::vector<reports::CheckedGate> judged_gates(const reports::StoredComparison& stored, const RunFlags& flags) {
  if (flags.gates.empty()) return {};
  reports::NoiseFloors floors;
  if (const auto profile = kept_profile(stored.record.board.id)) floors = selftest::noise_floors(*profile);
  const auto gates = metrics::parse_gates(fmt::format("{}", fmt::join(flags.gates, ",")));
  return reports::check_gates(stored.record, stored.comparison, gates, floors);
}

/// The format that a file name's extension stands for; null for a folder.
const reports::ReportFormat* format_of(const Path& output) {
  for (const reports::ReportFormat& format : reports::report_formats()) {
    if (output.has_extension() && Path(format.file).extension() == output.extension()) return &format;
  }
  return nullptr;
}

void write_outputs(const ReportInput& input, const RunFlags& flags) {
  if (flags.output.empty()) return;
  if (const reports::ReportFormat* format = format_of(flags.output)) {
    write_file_atomic(flags.output, format->text(input));
    return;
  }
  const ResultFolder folder = ResultFolder::create(flags.output, input.record.board, input.record.name);
  for (const std::string& name : wanted_formats(flags)) {
    reports::write_report(reports::report_format(name), input, folder.path());
  }
}

void print_table(const ReportInput& input) {
  for (const std::string& warning : input.record.warnings) print_text("{}\n", warning);
  const reports::ConsoleStyle style{.width = reports::terminal_width(STDOUT_FILENO),
                                    .colour = reports::wants_colour(STDOUT_FILENO)};
  print_block(stdout, "\n" + reports::console_table(input, style));
}

}  // namespace

int compare_stored_results(const StoredFlags& stored, const RunFlags& flags) {
  if (flags.given_settings.contains("choose")) {
    throw Error(ErrorCode::kUsage, "--choose is about variants of one run; two stored runs have no trade-off");
  }
  const Inputs inputs = read_inputs(stored.records);
  const reports::Pairing pairing = reports::pair_cells(inputs.a.record, inputs.b.record);
  const std::vector<std::string> reasons = reports::reasons_against(inputs.a.record, inputs.b.record, pairing);
  if (refused(pairing, reasons, stored.force)) return static_cast<int>(ExitCode::kNotComparable);

  const reports::StoredComparison result =
      reports::compare_stored(inputs.a, inputs.b, pairing, reasons, settings_for(inputs.b.record.board, flags));
  const std::vector<reports::CheckedGate> gates = judged_gates(result, flags);
  const ReportInput input{
      .record = result.record, .comparison = result.comparison, .predictions = result.predictions, .gates = gates};
  if (stored.json) {
    print_block(stdout, reports::json_report_text(input));
  } else {
    print_table(input);
  }
  write_outputs(input, flags);
  const bool missed = std::ranges::any_of(
      gates, [](const reports::CheckedGate& gate) { return gate.outcome() == metrics::GateOutcome::kMiss; });
  return static_cast<int>(missed ? ExitCode::kGateMissed : ExitCode::kDone);
}

}  // namespace qbench::app
