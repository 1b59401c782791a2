// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/folder_lock.h"
#include "core/print.h"
#include "harness/app/commands.h"
#include "harness/app/result_path.h"
#include "harness/app/run_output.h"
#include "reports/boards_report.h"
#include "reports/builtin.h"
#include "reports/console_table.h"
#include "reports/predictions_csv.h"

namespace qbench::app {
namespace {

using Path = std::filesystem::path;

struct ReportFlags {
  std::vector<std::string> folders;
  std::vector<std::string> boards;
  std::string output;
  std::vector<std::string> formats;
};

/// The settings that the run was judged by; the defaults for a record whose settings this build does not know.
engine::RunSettings settings_of(const Record& record) {
  engine::RunSettings settings;
  try {
    engine::RunSettings read;
    read_options(engine::run_option_table(), read, nlohmann::json::parse(record.settings_json), "settings");
    settings = read;
  } catch (const std::exception&) {
    return settings;
  }
  return settings;
}

std::map<std::size_t, std::string> names_of_samples(const reports::StoredRun& run) {
  std::map<std::size_t, std::string> names;
  for (const CellRecord& cell : run.record.cells) {
    const auto read = std::ranges::find(run.predictions, cell.id, &reports::CellPredictions::cell);
    if (read == run.predictions.end()) continue;  // read_run() has said why
    const auto table = reports::read_predictions_csv(run.folder / cell.accuracy->predictions_file);
    for (std::size_t i = 0; i < table.images.size(); ++i) names[table.predictions[i].sample] = table.images[i];
  }
  return names;
}

/// Every format but the record itself, which stays as it was measured.
std::vector<std::string> derived_formats() {
  std::vector<std::string> names;
  for (const reports::ReportFormat& format : reports::report_formats()) {
    if (format.name != "json") names.push_back(format.name);
  }
  return names;
}

/// Writes the reports of a stored run anew.
int render(const Path& folder, const ReportFlags& flags, const GlobalOptions& global) {
  std::optional<FolderLock> lock;
  if (flags.output.empty() && std::filesystem::is_directory(folder)) lock.emplace(folder);
  const reports::StoredRun run = reports::read_run(folder);
  const reports::Comparison comparison =
      reports::compare_cells(run.record, run.predictions, comparison_settings(settings_of(run.record)));
  reports::ReportInput input{.record = run.record, .comparison = comparison, .predictions = run.predictions};
  input.sample_name = [names = names_of_samples(run)](std::size_t index) {
    const auto found = names.find(index);
    return found == names.end() ? std::to_string(index) : found->second;
  };
  const Path target = flags.output.empty() ? run.folder : Path(flags.output);
  std::filesystem::create_directories(target);
  if (!lock) lock.emplace(target);
  for (const std::string& name : flags.formats.empty() ? derived_formats() : flags.formats) {
    reports::write_report(reports::report_format(name), input, target);
  }
  const reports::ConsoleStyle style{.width = reports::terminal_width(STDOUT_FILENO),
                                    .colour = reports::wants_colour(STDOUT_FILENO)};
  print_block(stdout, reports::console_table(input, style));
  for (const std::string& warning : run.warnings) print_text("warning: {}\n", warning);
  if (!global.quiet) print_text("Reports: {}\n", target.string());
  return static_cast<int>(ExitCode::kDone);
}

/// Refuses the same folder under two names.
void check_distinct(const std::vector<std::string>& folders) {
  std::map<Path, std::string> seen;
  for (const std::string& folder : folders) {
    std::error_code missing;
    const Path real = std::filesystem::canonical(folder, missing);
    if (missing) throw Error(ErrorCode::kIo, "there is no result folder '{}'", folder);
    const auto [entry, fresh] = seen.emplace(real, folder);
    if (!fresh) throw Error(ErrorCode::kUsage, "'{}' and '{}' are the same result folder", entry->second, folder);
  }
}

int merge_boards(const ReportFlags& flags, const GlobalOptions& global) {
  if (flags.boards.size() < 2) {
    throw Error(ErrorCode::kUsage, "--board needs the result folders of two boards or more");
  }
  check_distinct(flags.boards);
  std::vector<reports::StoredRun> runs;
  for (const std::string& folder : flags.boards) runs.push_back(reports::read_run(folder));
  const reports::BoardsReport report = reports::make_boards_report(
      std::move(runs), [](const Record& record) { return comparison_settings(settings_of(record)); });
  const Path target = flags.output.empty() ? Path("boards") : Path(flags.output);
  std::error_code problem;
  std::filesystem::create_directories(target, problem);
  if (problem) throw Error(ErrorCode::kIo, "cannot make '{}': {}", target.string(), problem.message());
  const FolderLock lock(target);
  reports::write_boards_report(report, target);
  print_block(stdout, reports::markdown_table(reports::across_boards_table(report)));
  for (const reports::BoardPair& pair : report.pairs) {
    for (const reports::BitCheck& check : pair.checks) {
      print_text("{}: {} and {}: {}\n", check.cell, report.boards[pair.first].name, report.boards[pair.second].name,
                 reports::bit_check_text(check));
    }
  }
  if (!global.quiet) print_text("Reports: {}\n", target.string());
  return static_cast<int>(ExitCode::kDone);
}

int report(const ReportFlags& flags, const GlobalOptions& global) {
  for (const auto* paths : {&flags.folders, &flags.boards}) std::ranges::for_each(*paths, require_no_model);
  if (!flags.boards.empty()) {
    if (!flags.folders.empty()) throw Error(ErrorCode::kUsage, "give the result folders after --board only");
    return merge_boards(flags, global);
  }
  if (flags.folders.size() != 1) {
    throw Error(ErrorCode::kUsage, "give one result folder, or several after --board; see 'qbench report --help'");
  }
  for (const std::string& name : flags.formats) (void)reports::report_format(name);  // unknown names are refused early
  return render(flags.folders.front(), flags, global);
}

}  // namespace

void add_report_command(CLI::App& app, const GlobalOptions& global, CommandResult& result) {
  CLI::App* command =
      app.add_subcommand("report", "Write the reports of a stored run anew, or of several boards as one");
  auto flags = std::make_shared<ReportFlags>();
  command->add_option("folder", flags->folders, "Result folder of a run");
  command->add_option("--board", flags->boards, "Result folders of several boards, for one report over all of them");
  command->add_option("-o,--output", flags->output, "Folder to write into (default: the run's, or 'boards')");
  command->add_option("--formats", flags->formats, "Report formats (default: all but json)")->delimiter(',');
  command->footer("Example: qbench report --board results/pi4 results/jetson -o results/boards");
  command->callback([flags, &global, &result] { result.exit_code = report(*flags, global); });
}

}  // namespace qbench::app
