// SPDX-License-Identifier: Apache-2.0
#include "harness/app/accelerator_probe.h"

#include <exception>

namespace qbench::app {

engine::AcceleratorProbe accelerator_probe(const Board& board) {
  return [container = board.os.container](const std::string& library) {
    runners::ProbeOptions options;
    options.container = container;
    options.edgetpu_library = library;
    try {
      return runners::probe_accelerators(options);
    } catch (const std::exception& error) {
      runners::ProbeReport failed;
      failed.usb_reason = error.what();
      return failed;
    }
  };
}

}  // namespace qbench::app
