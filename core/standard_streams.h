// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qbench {

/// Puts something in the place of standard input, output and error where the caller closed them, so that no file of
/// ours is opened under their numbers and gets what is meant for the terminal. Writing to a closed standard output
/// stays an error. What cannot be written to standard error, closed, full or hung up, is lost and ends nothing: a run
/// of hours does not need its progress. Call it before anything is opened.
void open_standard_streams() noexcept;

/// From now on a reader of standard output or error that goes away (`| head -1`) takes nothing with it: what is written
/// after that is dropped, and the work goes on. Any other failure to write standard output stays an error.
void survive_lost_readers();

}  // namespace qbench
