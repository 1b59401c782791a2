// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>

#include "core/error.h"
#include "core/json_text.h"
#include "core/print.h"
#include "core/sha256.h"
#include "core/units.h"
#include "core/utc_time.h"
#include "harness/app/commands.h"
#include "harness/app/config.h"
#include "harness/app/option_flags.h"
#include "harness/app/terminal_progress.h"
#include "harness/board/board_reader.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/load_failure.h"
#include "harness/engine/looks.h"
#include "harness/engine/worker_program.h"
#include "harness/selftest/figures.h"
#include "harness/selftest/noise_profile.h"
#include "harness/selftest/trial_bench.h"
#include "reports/console_table.h"

namespace qbench::app {
namespace {

using Clock = std::chrono::steady_clock;
using Path = std::filesystem::path;

/// A/A comparisons for each comparison of every planted slow-down: their rate is the small one.
constexpr int kSamePerCycle = 10;

struct SelftestFlags {
  std::string model;
  double minutes = 5.0;
  int threads = 1;
  std::vector<double> planted{0.5, 1.0, 2.0, 5.0};
  double margin_percent = 1.0;
  int rounds = engine::RunSettings().rounds;
  std::uint64_t seed = 1;
  std::string output;
  bool json = false;
  TensorFlags tensors;
};

/// The classifier that comes with qbench: beside an installed program or in a source tree.
Path default_model() {
  const Path here = std::filesystem::canonical("/proc/self/exe").parent_path();
  const Path name = Path("configs") / "models" / "default_fp32.tflite";
  for (const Path& folder : {here / "../share/qbench", here / "../../..", std::filesystem::current_path()}) {
    std::error_code ignored;
    if (std::filesystem::exists(folder / name, ignored)) return std::filesystem::canonical(folder / name);
  }
  throw Error(ErrorCode::kUsage, "the model that comes with qbench is not beside the program; give --model FILE");
}

engine::CellPlan cell_of(const SelftestFlags& flags) {
  engine::CellPlan cell;
  cell.id = cell.variant = "selftest";
  cell.model = flags.model.empty() ? default_model() : Path(flags.model);
  cell.options.threads = flags.threads;
  cell.tensors = tensor_choice(flags.tensors);
  if (!std::filesystem::exists(cell.model)) {
    throw Error(ErrorCode::kIo, "there is no model file '{}'", cell.model.string());
  }
  return cell;
}

/// The planted shares of one cycle, 0 for A/A.
std::vector<double> cycle_of(const std::vector<double>& planted) {
  std::vector<double> cycle(kSamePerCycle, 0.0);
  for (double percent : planted) cycle.push_back(percent / kPercent);
  return cycle;
}

/// What `work` gives; an empty value when it was interrupted, wherever in it that was.
template <typename Work>
std::invoke_result_t<Work> unless_interrupted(const Work& work) {
  try {
    auto result = work();
    if (!engine::interrupted()) return result;
  } catch (const Error&) {
    if (!engine::interrupted()) throw;
  }
  return {};
}

std::optional<selftest::Trial> whole_trial(selftest::TrialBench& bench, double planted_share, std::uint64_t seed) {
  return unless_interrupted([&] { return std::optional(bench.run(planted_share, seed)); });
}

std::vector<selftest::Trial> run_trials(selftest::TrialBench& bench, const SelftestFlags& flags,
                                        engine::Progress& progress) {
  const auto total = static_cast<std::size_t>(flags.minutes * 60.0);
  const Clock::time_point start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const std::vector<double> cycle = cycle_of(flags.planted);
  std::vector<selftest::Trial> trials;
  progress.begin("comparing the model with itself (seconds)", total);
  for (std::size_t i = 0; elapsed() < static_cast<double>(total) || trials.empty(); ++i) {
    std::optional<selftest::Trial> trial = whole_trial(bench, cycle[i % cycle.size()], flags.seed + i);
    if (!trial) break;
    trials.push_back(std::move(*trial));
    progress.advance(std::min(total, static_cast<std::size_t>(elapsed())));
  }
  progress.end();
  return trials;
}

selftest::NoiseProfile profile_from(const selftest::Figures& figures, const Path& model, const std::string& board) {
  return {.board = board,
          .created_utc = utc_now(),
          .model = model.string(),
          .model_sha256 = sha256_file(model),
          .comparisons = figures.false_alarms.trials,
          .latency_floor = figures.latency_floor,
          .load_floor = figures.load_floor,
          .memory_floor = figures.memory_floor,
          .detectable_percent = figures.detectable_percent,
          .figures_json = nlohmann::json(figures).dump()};
}

/// Our own reader looks at the file before a runtime does.
std::unique_ptr<selftest::TrialBench> make_bench(const engine::CellPlan& cell, const engine::RunSettings& settings) {
  engine::ModelFacts facts;
  ModelRecord record;
  const Outcome readable = engine::check_model(cell.model, facts, record);
  if (!readable.ok()) throw Error(ErrorCode::kModel, "{}", readable.reason);
  try {
    return std::make_unique<selftest::TrialBench>(cell, settings, engine::find_worker_executable());
  } catch (const Error& error) {
    throw engine::explained(error, facts, cell);
  }
}

int selftest_command(const SelftestFlags& flags, const GlobalOptions& global) {
  const engine::CellPlan cell = cell_of(flags);
  const Board board = read_board();
  const Path output = flags.output.empty() ? selftest::profile_path(board.id) : Path(flags.output);
  engine::RunSettings settings;
  settings.margin_percent = flags.margin_percent;
  settings.rounds = flags.rounds;
  engine::SilentProgress silent;
  TerminalProgress terminal(::isatty(STDERR_FILENO) != 0, reports::terminal_width(STDERR_FILENO));
  const engine::InterruptGuard guard;
  engine::Progress& progress = global.quiet ? static_cast<engine::Progress&>(silent) : terminal;
  const std::unique_ptr<selftest::TrialBench> bench = unless_interrupted([&] { return make_bench(cell, settings); });
  if (bench == nullptr) return static_cast<int>(ExitCode::kCellFailed);
  for (const std::string& assumption : bench->assumptions()) progress.note("assumed: " + assumption);
  const std::vector<selftest::Trial> trials = run_trials(*bench, flags, progress);
  if (trials.empty()) return static_cast<int>(ExitCode::kCellFailed);  // interrupted before the first was done
  const selftest::Figures figures = selftest::summarize(trials, engine::latency_options(settings));
  if (flags.json) {
    print_block(stdout, json_text(nlohmann::json(figures), 2) + "\n");
  } else {
    print_text("{} ({:.3f} ms an invoke) on {}\n", cell.model.filename().string(), bench->invoke_ms(), board.name);
    print_block(stdout, selftest::text_of(figures));
  }
  selftest::save_profile(profile_from(figures, cell.model, board.id), output);
  if (!flags.json && !global.quiet) print_text("Noise profile of this board: {}\n", output.string());
  return static_cast<int>(engine::interrupted() ? ExitCode::kCellFailed : ExitCode::kDone);
}

}  // namespace

void add_selftest_command(CLI::App& app, const GlobalOptions& global, CommandResult& result) {
  CLI::App* command = app.add_subcommand(
      "selftest", "Measure how far this machine can be trusted: a model against itself, with planted slow-downs");
  auto flags = std::make_shared<SelftestFlags>();
  command->add_option("-m,--model", flags->model, "Model file (default: the classifier that comes with qbench)");
  add_tensor_flags(*command, flags->tensors);
  command->add_option("--minutes", flags->minutes, "How long to go on")
      ->check(CLI::Range(0.01, 10000.0))
      ->capture_default_str();
  command->add_option("-t,--threads", flags->threads, "Threads of the runtime")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_option("--planted", flags->planted, "Slow-downs to plant, in percent")
      ->delimiter(',')
      ->check(CLI::Range(0.01, 1000.0))
      ->capture_default_str();
  command->add_option("--margin-percent", flags->margin_percent, "Margin of the verdicts, in percent")
      ->check(CLI::Range(0.01, 100.0))
      ->capture_default_str();
  command->add_option("--rounds", flags->rounds, "Most rounds of one comparison")
      ->check(CLI::Range(engine::RunSettings().min_rounds, 100000))
      ->capture_default_str();
  command->add_option("--seed", flags->seed, "Seed of the block orders")->capture_default_str();
  command->add_option("-o,--output", flags->output, "Noise profile to write (default: this board's own)");
  command->add_flag("--json", flags->json, "Figures as JSON");
  command->footer(
      "The noise profile is kept in $XDG_STATE_HOME/qbench or ~/.local/state/qbench; verdicts and gates use it.\n"
      "Example: qbench selftest --minutes 30 --model model.tflite");
  command->callback([flags, &global, &result] { result.exit_code = selftest_command(*flags, global); });
}

}  // namespace qbench::app
