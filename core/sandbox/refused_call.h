// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qbench::sandbox {

/// Installs the handler of SIGSYS, which the filter raises for a refused call: it notes the call and makes it fail
/// with the error that the filter named. Once a process; forked children have it, too. A call from a thread that
/// blocks SIGSYS ends the process instead. Returns false on an architecture that it does not know.
[[nodiscard]] bool note_refused_calls();

}  // namespace qbench::sandbox
