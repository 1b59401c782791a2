// SPDX-License-Identifier: Apache-2.0
#include "reports/junit_report.h"

#include <fmt/format.h>

#include "reports/gate_text.h"
#include "reports/junit_suite.h"

namespace qbench::reports {
namespace {

/// Time inside the clock plus the evaluation: what the cell is known to have cost.
double measured_seconds(const CellRecord& cell) {
  double nanoseconds = 0.0;
  for (const LaneRecord& lane : cell.lanes) {
    for (double sample : lane.samples_ns()) nanoseconds += sample;
  }
  return nanoseconds / 1e9 + (cell.accuracy ? cell.accuracy->seconds : 0.0);
}

void add_cell(JunitSuite& suite, const CellRecord& cell) {
  const Outcome& outcome = cell.worst();
  const double seconds = measured_seconds(cell);
  if (outcome.status == Status::kUnsupported || outcome.status == Status::kCancelled) {
    suite.skipped(cell.id, fmt::format("{}: {}", status_name(outcome.status), outcome.reason), seconds);
  } else if (!outcome.ok()) {
    std::string tail;
    for (const std::string& line : outcome.stderr_tail) tail += line + "\n";
    suite.error(cell.id, status_name(outcome.status), outcome.reason, tail, seconds);
  } else {
    suite.pass(cell.id, seconds);
  }
}

void add_gate(JunitSuite& suite, const CheckedGate& gate) {
  const std::string name = fmt::format("{}: {}", gate.cell, gate.result.gate.text);
  switch (gate.outcome()) {
    case metrics::GateOutcome::kPass:
      return suite.pass(name);
    case metrics::GateOutcome::kMiss:
      return suite.failure(name, "gate", gate_sentence(gate));
    case metrics::GateOutcome::kCannotTell:
      return suite.skipped(name, gate_sentence(gate));
  }
}

}  // namespace

std::string junit_report_text(const ReportInput& input) {
  const std::string run = input.record.name.empty() ? "qbench" : "qbench." + input.record.name;
  JunitSuite cells(run + ".cells");
  for (const CellRecord& cell : input.record.cells) add_cell(cells, cell);
  JunitSuite gates(run + ".gates");
  for (const CheckedGate& gate : input.gates) add_gate(gates, gate);
  std::string suites = cells.text(input.record.created_utc);
  if (!input.gates.empty()) suites += gates.text(input.record.created_utc);
  return junit_document(suites);
}

ReportFormat junit_report() {
  return {"junit", "junit.xml", "a case for each cell and gate, for CI systems", junit_report_text};
}

}  // namespace qbench::reports
