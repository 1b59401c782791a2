// SPDX-License-Identifier: Apache-2.0
#include "harness/app/probe_command.h"
#include "core/json_text.h"
#include "core/print.h"
#include "core/printable.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>

#include "core/board.h"
#include "core/error.h"
#include "core/nearest.h"
#include "harness/app/board_text.h"
#include "harness/board/board_reader.h"
#include "runners/accelerators/accelerator_ids.h"
#include "runners/accelerators/probe.h"

namespace qbench::app {

namespace {

using runners::AcceleratorReport;
using runners::AcceleratorRuntime;
using runners::InitReport;
using runners::ProbeReport;
using runners::WatchEvent;

void check_family(const ProbeCommandOptions& options) {
  if (options.require.empty()) return;
  std::set<std::string> families;
  for (const runners::AcceleratorId& id : runners::accelerator_ids(options.usb_ids)) families.insert(id.family);
  if (families.contains(options.require)) return;
  const std::vector<std::string> known(families.begin(), families.end());
  throw Error(ErrorCode::kUsage, "--require {}: no such family of accelerators{}", options.require,
              nearest_hint(options.require, known));
}

runners::ProbeOptions probe_options(const ProbeCommandOptions& options, const Board& board) {
  runners::ProbeOptions result;
  result.root = options.root;
  result.usb_ids = options.usb_ids;
  result.container = board.os.container;
  result.claim = options.claim;
  result.init = options.init;
  return result;
}

std::string speed_text(const AcceleratorReport& accelerator) {
  return accelerator.speed_mbps ? fmt::format("{:g} Mb/s", *accelerator.speed_mbps) : "";
}

void print_note(std::ostream& out, std::string_view label, const std::string& text) {
  if (!text.empty()) print_text(out, "    {:<8} {}\n", label, text);
}

void print_accelerator(std::ostream& out, const AcceleratorReport& accelerator) {
  print_text(out, "  {:<14} {:<12} {:<10} {:<10} {}\n", runners::state_name(accelerator.state), accelerator.port,
             accelerator.id, speed_text(accelerator), accelerator.name);
  print_note(out, "cause:", accelerator.cause);
  print_note(out, "fix:", accelerator.fix);
  for (const std::string& warning : accelerator.warnings) print_note(out, "warning:", warning);
  print_note(out,
             "use:", accelerator.device_option.empty() ? "" : "delegate option device=" + accelerator.device_option);
}

void print_runtime(std::ostream& out, const RuntimeAvailability& runtime) {
  const runners::Availability& state = runtime.availability;
  print_text(out, "  {:<14} {}\n", runtime.name,
             state.available ? fmt::format("{}  {}", state.version, state.library.string())
                             : "not available: " + state.reason);
}

void print_accelerator_runtime(std::ostream& out, const AcceleratorRuntime& runtime) {
  print_text(out, "  {:<14} {}\n", runtime.name,
             runtime.loaded ? fmt::format("{}  {}", runtime.version, runtime.path) : "not available: " + runtime.cause);
  print_note(out, "fix:", runtime.fix);
}

void print_init(std::ostream& out, const InitReport& init) {
  print_text(out, "  {:<14} {:<12} {:.1f} s: {}\n", init.ok ? "initialised" : "failed", init.port, init.seconds,
             init.message);
  for (const std::string& line : init.stderr_tail) print_note(out, "said:", line);
}

void print_report(std::ostream& out, const ProbeCommandOptions& options, const Board& board,
                  const ProbeReport& report) {
  out << printable_block(board_text(board)) << "\nRuntimes\n";
  for (const RuntimeAvailability& runtime : options.runtimes) print_runtime(out, runtime);
  for (const AcceleratorRuntime& runtime : report.runtimes) print_accelerator_runtime(out, runtime);
  if (!report.inits.empty()) out << "\nFirmware\n";
  for (const InitReport& init : report.inits) print_init(out, init);
  out << "\nAccelerators\n";
  for (const AcceleratorReport& accelerator : report.accelerators) print_accelerator(out, accelerator);
  if (report.accelerators.empty()) {
    print_text(out, "  none{}\n", report.usb_reason.empty() ? "" : ": " + report.usb_reason);
  }
}

nlohmann::json runtime_json(const RuntimeAvailability& runtime) {
  const runners::Availability& state = runtime.availability;
  return {{"name", runtime.name},
          {"available", state.available},
          {"version", state.version},
          {"library", state.library.string()},
          {"reason", state.reason}};
}

nlohmann::json probe_json(const ProbeCommandOptions& options, const Board& board, const ProbeReport& report) {
  nlohmann::json json = runners::to_json(report);
  json["schema"] = "qbench.probe/1";
  json["board"] = to_json(board);
  json["runtimes"] = nlohmann::json::array();
  for (const RuntimeAvailability& runtime : options.runtimes) json["runtimes"].push_back(runtime_json(runtime));
  if (!options.require.empty()) {
    const std::string reason = report.why_unusable(options.require);
    json["require"] = {{"family", options.require}, {"usable", reason.empty()}, {"reason", reason}};
  }
  return json;
}

std::string dump(const nlohmann::json& json, int indent) {
  // Serial numbers and file names are whatever the device says.
  return json_text(json, indent);
}

void print_event(std::ostream& out, bool as_json, const WatchEvent& event) {
  if (as_json) {
    out << dump(runners::to_json(event), -1) << std::endl;
    return;
  }
  const std::string_view mark = event.kind == WatchEvent::Kind::kArrived ? "+"
                                : event.kind == WatchEvent::Kind::kLeft  ? "-"
                                                                         : "~";
  out << mark;
  print_accelerator(out, event.accelerator);
  out.flush();
}

}  // namespace

int run_probe(const ProbeCommandOptions& options, std::ostream& out) {
  check_family(options);
  const Board board = read_board(options.root);
  if (options.watch) {
    runners::watch_accelerators(
        probe_options(options, board), [&](const WatchEvent& event) { print_event(out, options.json, event); },
        options.stop ? options.stop : [] { return false; });
    return static_cast<int>(ExitCode::kDone);
  }
  const ProbeReport report = runners::probe_accelerators(probe_options(options, board));
  if (options.json) {
    out << dump(probe_json(options, board, report), 2) << '\n';
  } else {
    print_report(out, options, board, report);
  }
  if (options.require.empty() || report.has_usable(options.require)) return static_cast<int>(ExitCode::kDone);
  if (!options.json) print_text(out, "\nRequired: {}\n", report.why_unusable(options.require));
  return static_cast<int>(ExitCode::kGateMissed);
}

}  // namespace qbench::app
