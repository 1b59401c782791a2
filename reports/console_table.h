// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "reports/report_writer.h"

namespace qbench::reports {

struct ConsoleStyle {
  int width = 120;  ///< terminal columns; columns of the table are left out (and named) when they do not fit
  bool colour = false;
};

/// Whether colour is welcome on this descriptor: it is a terminal, NO_COLOR is not set and TERM is not "dumb".
[[nodiscard]] bool wants_colour(int fd);

/// Columns of the terminal behind this descriptor; `otherwise` when it is none.
[[nodiscard]] int terminal_width(int fd, int otherwise = 120);

/// The table that a person reads after a run: one line a cell, then verdicts, then what failed and why, then how to
/// read it. Ends with a newline.
[[nodiscard]] std::string console_table(const ReportInput& input, const ConsoleStyle& style = {});

}  // namespace qbench::reports
