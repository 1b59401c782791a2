// SPDX-License-Identifier: Apache-2.0
#include "harness/app/run_pipeline.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/utc_time.h"
#include "harness/app/accelerator_probe.h"
#include "harness/app/config.h"
#include "harness/app/run_output.h"
#include "harness/app/terminal_progress.h"
#include "harness/board/board_reader.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/run.h"
#include "harness/engine/worker_program.h"
#include "harness/selftest/noise_profile.h"
#include "reports/console_table.h"
#include "version.h"

namespace qbench::app {
namespace {

using Path = std::filesystem::path;

/// A folder of a run that was begun, with its plan, or a new one.
std::pair<Path, engine::Plan> open_run(const RunFlags& flags, const std::function<engine::Plan()>& make_plan,
                                       const Board& board) {
  if (!flags.resume.empty()) {
    if (!flags.config.empty() || !flags.models.empty()) {
      throw Error(ErrorCode::kUsage, "--resume goes on with the plan in '{}'; give no config or model beside it",
                  flags.resume);
    }
    return {flags.resume, read_plan_file(Path(flags.resume) / "plan.json")};
  }
  engine::Plan plan = make_plan();
  check_plan(plan);
  const Path folder = create_result_folder(flags.output, board, plan.name);
  write_file_atomic(folder / "plan.json", plan_to_json(plan).dump(2) + "\n");
  return {folder, std::move(plan)};
}

/// No margin below what this board's self-test has shown to be noise.
void widen_margin(engine::RunSettings& settings, const std::optional<selftest::NoiseProfile>& profile) {
  constexpr double kPercent = 100.0;
  if (profile) settings.margin_percent = std::max(settings.margin_percent, kPercent * profile->latency_floor);
}

void complete_record(Record& record, const engine::Plan& plan, const Board& board) {
  record.qbench_version = kVersion;
  record.git_commit = kGitCommit;
  record.created_utc = utc_now();
  record.settings_json = dump_options(engine::run_option_table(), plan.settings).dump();
  record.board = board;
  if (record.dataset && plan.dataset) record.dataset->path = plan.dataset->path.string();
}

}  // namespace

int run_to_reports(const RunFlags& flags, const std::function<engine::Plan()>& make_plan, const GlobalOptions& global) {
  const std::vector<std::string> formats = wanted_formats(flags);
  const Path worker = engine::find_worker_executable();
  const Board board = read_board();
  auto [folder, plan] = open_run(flags, make_plan, board);
  engine::check_settings(plan.settings);
  widen_margin(plan.settings, selftest::profile_of(board.id));
  engine::name_cells(plan);
  std::unique_ptr<datasets::Dataset> dataset;
  if (plan.dataset) dataset = datasets::open_dataset(*plan.dataset);

  engine::SilentProgress silent;
  TerminalProgress terminal(::isatty(STDERR_FILENO) != 0, reports::terminal_width(STDERR_FILENO));
  engine::RunContext context{.folder = folder, .worker = worker, .dataset = dataset.get()};
  context.probe_accelerators = accelerator_probe(board);
  context.progress = global.quiet ? static_cast<engine::Progress*>(&silent) : &terminal;
  if (dataset) context.predictions = csv_prediction_store(folder, *dataset);

  const engine::InterruptGuard guard;
  engine::RunResult result = engine::run_plan(plan, context);
  complete_record(result.record, plan, board);
  write_reports(
      result, dataset.get(),
      {.folder = folder, .formats = formats, .comparison = comparison_settings(plan.settings), .quiet = global.quiet});
  return run_exit_code(result.record);
}

}  // namespace qbench::app
