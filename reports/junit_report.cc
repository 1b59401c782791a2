// SPDX-License-Identifier: Apache-2.0
#include "reports/junit_report.h"

#include <fmt/format.h>

#include <utility>

#include "core/files.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr const char* kFile = "junit.xml";

/// The cases of one suite and what their counts are.
struct Suite {
  explicit Suite(std::string suite_name) : name(std::move(suite_name)) {}

  std::string name;
  std::string cases;
  int tests = 0;
  int failures = 0;
  int errors = 0;
  int skipped = 0;
  double seconds = 0.0;

  void add(const std::string& case_name, double case_seconds, const std::string& body) {
    cases += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml_escaped(name),
                         xml_escaped(case_name), case_seconds);
    cases += body.empty() ? "/>\n" : fmt::format(">\n{}    </testcase>\n", body);
    ++tests;
    seconds += case_seconds;
  }

  [[nodiscard]] std::string text(const std::string& timestamp) const {
    return fmt::format(
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"{}>\n"
        "{}  </testsuite>\n",
        xml_escaped(name), tests, failures, errors, skipped, seconds,
        timestamp.empty() ? "" : fmt::format(" timestamp=\"{}\"", xml_escaped(timestamp)), cases);
  }
};

/// Time inside the clock plus the evaluation: what the cell is known to have cost.
double measured_seconds(const CellRecord& cell) {
  double nanoseconds = 0.0;
  for (const LaneRecord& lane : cell.lanes) {
    for (double sample : lane.samples_ns()) nanoseconds += sample;
  }
  return nanoseconds / 1e9 + (cell.accuracy ? cell.accuracy->seconds : 0.0);
}

std::string element(const char* tag, std::string_view type, std::string_view message, const std::string& text) {
  const std::string attributes =
      type.empty() ? fmt::format("message=\"{}\"", xml_escaped(message))
                   : fmt::format("type=\"{}\" message=\"{}\"", xml_escaped(type), xml_escaped(message));
  if (text.empty()) return fmt::format("      <{} {}/>\n", tag, attributes);
  return fmt::format("      <{} {}>{}</{}>\n", tag, attributes, xml_escaped(text), tag);
}

void add_cell(Suite& suite, const CellRecord& cell) {
  const Outcome& outcome = cell.worst();
  std::string body;
  if (outcome.status == Status::kUnsupported || outcome.status == Status::kCancelled) {
    ++suite.skipped;
    body = element("skipped", "", fmt::format("{}: {}", status_name(outcome.status), outcome.reason), "");
  } else if (!outcome.ok()) {
    ++suite.errors;
    std::string tail;
    for (const std::string& line : outcome.stderr_tail) tail += line + "\n";
    body = element("error", status_name(outcome.status), outcome.reason, tail);
  }
  suite.add(cell.id, measured_seconds(cell), body);
}

std::string figures(const metrics::GateResult& result) {
  if (!result.change) return fmt::format("{}: not measured", result.gate.text);
  std::string text = fmt::format("{}: measured {:+.3f} %", result.gate.text, 100.0 * *result.change);
  if (result.interval) {
    text += fmt::format(", interval {:+.3f} to {:+.3f} %", 100.0 * result.interval->low, 100.0 * result.interval->high);
  }
  return text;
}

void add_gate(Suite& suite, const CheckedGate& gate) {
  std::string body;
  switch (gate.result.outcome) {
    case metrics::GateOutcome::kPass:
      break;
    case metrics::GateOutcome::kMiss:
      ++suite.failures;
      body = element("failure", "gate", figures(gate.result), "");
      break;
    case metrics::GateOutcome::kCannotTell:
      ++suite.skipped;
      body = element("skipped", "", "cannot tell: " + figures(gate.result), "");
      break;
  }
  suite.add(fmt::format("{}: {}", gate.cell, gate.result.gate.text), 0.0, body);
}

void write(const ReportInput& input, const std::filesystem::path& folder) {
  write_file_atomic(folder / kFile, junit_report_text(input));
}

}  // namespace

std::string junit_report_text(const ReportInput& input) {
  const std::string run = input.record.name.empty() ? "qbench" : "qbench." + input.record.name;
  Suite cells(run + ".cells");
  for (const CellRecord& cell : input.record.cells) add_cell(cells, cell);
  Suite gates(run + ".gates");
  for (const CheckedGate& gate : input.gates) add_gate(gates, gate);
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  text += cells.text(input.record.created_utc);
  if (!input.gates.empty()) text += gates.text(input.record.created_utc);
  return text + "</testsuites>\n";
}

ReportFormat junit_report() { return {"junit", kFile, "a case for each cell and gate, for CI systems", write}; }

}  // namespace qbench::reports
