// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include <cstdlib>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/json_text.h"
#include "core/print.h"
#include "core/utc_time.h"
#include "harness/app/commands.h"
#include "harness/app/kept_profile.h"
#include "reports/console_table.h"
#include "reports/history/check_text.h"
#include "reports/history/history_export.h"
#include "reports/history/store.h"

namespace qbench::app {
namespace {

namespace history = qbench::reports::history;

/// The command lines of all parts; empty or 0 means "not given".
struct HistoryFlags {
  std::string db;
  history::SeriesFilter filter;
  // add
  std::vector<std::string> runs;
  history::AddOptions add;
  bool confirm = false;
  bool night = false;
  // repair
  history::RepairOptions repair;
  // check
  std::string gates;
  std::string junit;
  int max_age_days = history::CheckOptions{}.most_age_days;
  // list, export
  std::size_t limit = 30;
  std::string format = "csv";
  std::string output;
  history::RunId samples = 0;
  // pin
  history::RunId pinned = 0;
  std::string note;
  bool json = false;
};

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

history::Store open(const HistoryFlags& flags, history::OpenMode mode) {
  std::string file = flags.db.empty() ? environment("QBENCH_HISTORY") : flags.db;
  return {file.empty() ? "history.db" : file, mode};
}

reports::ConsoleStyle style() {
  return {.width = reports::terminal_width(STDOUT_FILENO), .colour = reports::wants_colour(STDOUT_FILENO)};
}

void print_json(const nlohmann::ordered_json& json) { print_block(stdout, json_text(json, 2) + "\n"); }

/// The commit that a CI system says it is building; "" outside.
std::string commit_from_environment() {
  const std::string github = environment("GITHUB_SHA");
  return github.empty() ? environment("CI_COMMIT_SHA") : github;
}

nlohmann::ordered_json marked_json(const std::vector<history::MarkedRun>& runs) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const history::MarkedRun& run : runs) {
    json.push_back({{"run", run.run}, {"date_mark", history::date_mark_word(run.mark)}});
  }
  return json;
}

std::string marked_text(const history::MarkedRun& run) {
  if (run.mark == history::DateMark::kNone) return fmt::format("the date of run {} is possible again", run.run);
  const std::string date = run.mark == history::DateMark::kUnreadable ? "" : " " + utc_text(run.created);
  const std::string text = fmt::format("the date{} of run {} {}: it is not used, the order of nights is that of adding",
                                       date, run.run, history::date_mark_text(run.mark));
  if (run.mark != history::DateMark::kBehind) return text;
  return text + "; if it is an older night, 'qbench history repair --by-date' puts it in its place";
}

nlohmann::ordered_json added_json(const std::string& path, const history::AddResult& added) {
  nlohmann::ordered_json json = {{"path", path}, {"run", added.run}, {"already", added.already}};
  json["confirms"] = added.confirms ? nlohmann::ordered_json(*added.confirms) : nullptr;
  json["before"] = added.before ? nlohmann::ordered_json(*added.before) : nullptr;
  json["marked"] = marked_json(added.marked);
  json["lanes"] = added.lanes;
  json["series"] = added.series;
  return json;
}

std::string added_text(const std::string& path, const history::AddResult& added) {
  if (added.already) return fmt::format("'{}' is run {} already; nothing was added", path, added.run);
  const std::string text =
      fmt::format("'{}' added as run {}: {} lanes, {} series", path, added.run, added.lanes, added.series);
  if (added.confirms) return fmt::format("{}, the second look at night {}", text, *added.confirms);
  return added.before ? fmt::format("{}, placed before night {}", text, *added.before) : text;
}

/// Several runs at once are nights in the order of their dates, however the shell sorted them; as given when one of
/// them has no possible date.
std::vector<std::string> by_date(const std::vector<std::string>& paths) {
  std::vector<std::pair<std::int64_t, std::string>> dated;
  for (const std::string& path : paths) {
    const auto created = paths.size() > 1 ? utc_seconds(reports::read_run(path).record.created_utc) : std::nullopt;
    if (!created || *created < history::kFirstDate) return paths;
    dated.emplace_back(*created, path);
  }
  std::ranges::stable_sort(dated, {}, &std::pair<std::int64_t, std::string>::first);
  std::vector<std::string> sorted;
  for (auto& [created, path] : dated) sorted.push_back(std::move(path));
  return sorted;
}

void add(HistoryFlags& flags) {
  if (flags.confirm && flags.night) throw Error(ErrorCode::kUsage, "--confirm and --new-night exclude each other");
  if (flags.confirm || flags.add.confirms) flags.add.mode = history::NightMode::kConfirm;
  if (flags.night) flags.add.mode = history::NightMode::kNight;
  if (flags.add.commit.empty()) flags.add.commit = commit_from_environment();
  history::Store store = open(flags, history::OpenMode::kWrite);
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const std::string& path : by_date(flags.runs)) {
    const reports::StoredRun run = reports::read_run(path);
    for (const std::string& warning : run.warnings) print_text(stderr, "qbench: {}\n", warning);
    const history::AddResult added = store.add(run, flags.add);
    all.push_back(added_json(path, added));
    for (const history::MarkedRun& marked : added.marked) print_text(stderr, "qbench: {}\n", marked_text(marked));
    if (!flags.json) print_text("{}\n", added_text(path, added));
  }
  if (flags.json) print_json(all);
}

reports::NoiseFloors floors_of_board(const std::string& board) {
  const auto profile = kept_profile(board);
  return profile ? selftest::noise_floors(*profile) : reports::NoiseFloors{};
}

int check(const HistoryFlags& flags) {
  history::CheckOptions options{.filter = flags.filter, .most_age_days = flags.max_age_days};
  options.board_floors = floors_of_board;
  if (!flags.gates.empty()) options.gates = metrics::parse_gates(flags.gates);
  const history::Store store = open(flags, history::OpenMode::kRead);
  const history::CheckReport report = history::check_history(store, options);
  if (!flags.junit.empty()) write_file_atomic(flags.junit, history::check_junit(report));
  if (flags.json) {
    print_json(history::check_json(report));
  } else {
    print_block(stdout, history::check_text(report, style()));
  }
  return static_cast<int>(report.alarm() ? ExitCode::kGateMissed : ExitCode::kDone);
}

void list(const HistoryFlags& flags) {
  const history::Store store = open(flags, history::OpenMode::kRead);
  if (flags.json) {
    print_json(history::list_json(store, flags.filter, flags.limit));
  } else {
    print_block(stdout, history::list_text(store, flags.filter, flags.limit, style()));
  }
}

std::string exported(const history::Store& store, const HistoryFlags& flags) {
  if (flags.samples != 0) return history::samples_csv(store, flags.samples);
  if (flags.format == "html") return history::nights_html(store, flags.filter);
  if (flags.format == "csv") return history::nights_csv(store, flags.filter);
  return json_text(history::nights_json(store, flags.filter), 2) + "\n";
}

void export_nights(const HistoryFlags& flags) {
  const history::Store store = open(flags, history::OpenMode::kRead);
  const std::string text = exported(store, flags);
  if (flags.output.empty()) {
    print_block(stdout, text);
  } else {
    write_file_atomic(flags.output, text);
  }
}

void pin(const HistoryFlags& flags) {
  history::Store store = open(flags, history::OpenMode::kWrite);
  const std::size_t series = store.pin(flags.pinned, flags.note, flags.filter);
  print_text("pinned: {} series start anew at night {}\n", series, flags.pinned);
}

nlohmann::ordered_json repair_json(const history::Repair& repair, bool dry_run) {
  nlohmann::ordered_json json = {{"dry_run", dry_run}, {"runs", repair.runs}};
  json["dropped"] = nlohmann::ordered_json::array();
  for (const auto& copy : repair.dropped) json["dropped"].push_back({{"run", copy.run}, {"same_as", copy.same_as}});
  json["marked"] = marked_json(repair.marked);
  json["moved"] = repair.moved;
  return json;
}

void repair(const HistoryFlags& flags) {
  history::Store store = open(flags, history::OpenMode::kWrite);
  const history::Repair repair = store.repair(flags.repair);
  if (flags.json) return print_json(repair_json(repair, flags.repair.dry_run));
  for (const auto& copy : repair.dropped) {
    print_text("run {} has the very same samples as run {}: dropped\n", copy.run, copy.same_as);
  }
  for (const history::MarkedRun& run : repair.marked) print_text("{}\n", marked_text(run));
  for (const history::RunId run : repair.moved) print_text("run {} stands behind another run now\n", run);
  print_text("{}{} runs, {} dropped, {} dates judged anew, {} moved\n",
             flags.repair.dry_run ? "nothing was changed; a repair would leave: " : "repaired: ", repair.runs,
             repair.dropped.size(), repair.marked.size(), repair.moved.size());
}

CLI::App* add_part(CLI::App& command, HistoryFlags& flags, const std::string& name, const std::string& help) {
  CLI::App* part = command.add_subcommand(name, help);
  part->add_option("--db", flags.db, "The history file (default: QBENCH_HISTORY of the environment, else history.db)");
  return part;
}

void add_filter(CLI::App& part, HistoryFlags& flags) {
  part.add_option("--series", flags.filter.series, "Only series whose name holds this text");
  part.add_option("--board", flags.filter.board, "Only boards whose id holds this text");
  part.add_option("--branch", flags.filter.branch, "Only this branch ('' is a name, too)")
      ->each([&flags](const std::string&) { flags.filter.one_branch = true; });
}

void add_add_part(CLI::App& command, HistoryFlags& flags) {
  CLI::App* part = add_part(command, flags, "add", "Keep a run with all its samples");
  part->add_option("run", flags.runs, "Result folder or report.json")->required();
  part->add_option("--commit", flags.add.commit,
                   "Commit of what was tested (default: GITHUB_SHA or CI_COMMIT_SHA of the environment)");
  part->add_option("--branch", flags.add.branch, "Every branch has its own series");
  part->add_option("--label", flags.add.label, "A note that is kept with the run");
  part->add_flag("--confirm", flags.confirm, "This is the second look at the board's last night");
  part->add_option("--night", flags.add.confirms, "... or at this one");
  part->add_flag("--new-night", flags.night, "A night of its own, though the commit is that of the last one");
  part->add_flag("--backfill", flags.add.backfill,
                 "Nights of earlier: their place is where their dates say, not behind all others");
  part->add_flag("--json", flags.json, "For machines");
  part->footer("Example: qbench history add results/nightly --commit $(git rev-parse HEAD)");
  part->callback([&flags] { add(flags); });
}

void add_check_part(CLI::App& command, HistoryFlags& flags, CommandResult& result) {
  CLI::App* part = add_part(command, flags, "check", "What the last night of every series says");
  add_filter(*part, flags);
  part->add_option("--gate", flags.gates, "Limits, e.g. 'latency<=+2%,top1>=-0.5pp,size<=+0%,rss<=+10%'");
  part->add_option("--junit", flags.junit, "Write a JUnit file with a case for each series and gate");
  part->add_option("--max-age", flags.max_age_days, "Leave out series without a run for so many days")
      ->capture_default_str()
      ->check(CLI::Range(1, 100000));
  part->add_flag("--json", flags.json, "For machines");
  part->footer(
      "The last line is 'state: quiet', 'state: confirm-needed' or 'state: alarm'. Exit code 3: a confirmed alarm or "
      "a missed gate.");
  part->callback([&flags, &result] { result.exit_code = check(flags); });
}

void add_list_part(CLI::App& command, HistoryFlags& flags) {
  CLI::App* part = add_part(command, flags, "list", "Runs, series and pins");
  add_filter(*part, flags);
  part->add_option("--limit", flags.limit, "Newest runs to show")->capture_default_str();
  part->add_flag("--json", flags.json, "For machines");
  part->callback([&flags] { list(flags); });
}

void add_export_part(CLI::App& command, HistoryFlags& flags) {
  CLI::App* part = add_part(command, flags, "export", "All nights, or all samples of one run");
  add_filter(*part, flags);
  part->add_option("--format", flags.format, "csv, json or html (a page with charts)")
      ->check(CLI::IsMember({"csv", "json", "html"}))
      ->capture_default_str();
  part->add_option("--samples", flags.samples, "The timed samples of this run, as CSV")->check(CLI::PositiveNumber);
  part->add_option("-o,--output", flags.output, "Write into this file");
  part->footer("Example: qbench history export --format html -o history.html");
  part->callback([&flags] { export_nights(flags); });
}

void add_pin_part(CLI::App& command, HistoryFlags& flags) {
  CLI::App* part = add_part(command, flags, "pin", "Record that the reference is another one from a night on");
  add_filter(*part, flags);
  part->add_option("--night", flags.pinned, "First night with the new reference")->required();
  part->add_option("--note", flags.note, "Why; kept with the act");
  part->footer("Example: qbench history pin --night 41 --note 'reference is release 0.2'");
  part->callback([&flags] { pin(flags); });
}

void add_repair_part(CLI::App& command, HistoryFlags& flags) {
  CLI::App* part = add_part(command, flags, "repair", "Drop copies, judge all dates anew, number all nights anew");
  part->add_flag("--dry-run", flags.repair.dry_run, "Say what it would do and change nothing");
  part->add_flag("--by-date", flags.repair.by_date,
                 "Order the nights by their dates where these are possible, not as they stand");
  part->add_flag("--json", flags.json, "For machines");
  part->footer("Example: qbench history repair --dry-run");
  part->callback([&flags] { repair(flags); });
}

}  // namespace

void add_history_command(CLI::App& app, const GlobalOptions&, CommandResult& result) {
  CLI::App* command = app.add_subcommand("history", "Nights in one file: keep, check, list, export, pin, repair");
  auto flags = std::make_shared<HistoryFlags>();
  command->require_subcommand(1);
  add_add_part(*command, *flags);
  add_check_part(*command, *flags, result);
  add_list_part(*command, *flags);
  add_export_part(*command, *flags);
  add_pin_part(*command, *flags);
  add_repair_part(*command, *flags);
  command->callback([flags] {});  // keeps the flags alive as long as the command
}

}  // namespace qbench::app
