// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "reports/report_writer.h"

namespace qbench::reports {

/// gbench.json: the latencies in Google Benchmark's JSON format, so that its compare.py reads them. A benchmark is
/// called <variant>/batch:<N> (the cell's id where a variant is measured in several ways); each round is a repetition
/// with the mean of its invokes as real_time, as that library defines it. Of the aggregates mean and median are
/// those of all invokes, the figures of every other report, stddev and cv those of the repetitions. cpu_time is one
/// figure for the whole lane and therefore equal in all repetitions. Lanes without a sample are left out: compare.py
/// would read a time of zero from them.
[[nodiscard]] ReportFormat gbench_report();
[[nodiscard]] std::string gbench_report_text(const ReportInput& input);

}  // namespace qbench::reports
