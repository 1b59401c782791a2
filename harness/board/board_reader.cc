// SPDX-License-Identifier: Apache-2.0
#include "harness/board/board_reader.h"

#include <sys/utsname.h>

#include "core/system_tree.h"
#include "harness/board/cpu_reader.h"
#include "harness/board/energy_reader.h"
#include "harness/board/frequency_reader.h"
#include "harness/board/os_reader.h"
#include "harness/board/power_reader.h"
#include "harness/board/thermal_reader.h"

namespace qbench {

namespace {

// The real machine can be asked when a sandbox hides /proc; a recorded tree must speak for itself.
void fill_from_kernel(Board& board) {
  utsname names{};
  if (::uname(&names) != 0) return;
  if (board.cpu.architecture.empty()) board.cpu.architecture = names.machine;
  if (board.os.kernel.empty()) board.os.kernel = names.release;
  if (board.os.hostname.empty()) board.os.hostname = names.nodename;
}

}  // namespace

Board read_board(const std::filesystem::path& root) {
  const SystemTree tree(root);
  Board board;
  board.unit = read_unit(tree);
  board.device_tree_model = read_device_tree_model(tree);
  board.dmi_product = read_dmi_product(tree);
  board.cpu = read_cpu(tree);
  board.memory = read_memory(tree);
  board.os = read_os(tree);
  board.frequencies = read_frequencies(tree);
  board.thermal_zones = read_thermal_zones(tree);
  board.throttling = read_throttling(tree);
  board.power = read_power_supply(tree);
  board.activity = read_activity(tree);
  board.energy = read_energy_support(tree);
  board.environment = read_environment(tree);
  if (root == "/") fill_from_kernel(board);
  identify_board(board);
  return board;
}

}  // namespace qbench
