// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "runners/accelerators/probe.h"
#include "runners/accelerators/usb_bus.h"

namespace qbench::runners {

/// The devices as probe_accelerators sees them, on a given bus: the real one, or a faulty one in tests. A null bus
/// leaves the USB library out. Neither firmware nor runtime libraries are touched.
[[nodiscard]] ProbeReport probe_accelerators_on(const ProbeOptions& options, UsbBus* bus);
/// watch_accelerators on a given bus; without one, changes are found by looking.
void watch_accelerators_on(const ProbeOptions& options, UsbBus* bus,
                           const std::function<void(const WatchEvent&)>& on_event, const std::function<bool()>& stop);

}  // namespace qbench::runners
