// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "runners/accelerators/usb_bus.h"

namespace qbench::runners {

/// The real bus. Null, with the reason, when libusb cannot start.
[[nodiscard]] std::unique_ptr<UsbBus> make_libusb_bus(std::string& reason);

}  // namespace qbench::runners
