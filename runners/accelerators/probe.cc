// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "runners/accelerators/edgetpu_runtime.h"
#include "runners/accelerators/libusb_bus.h"
#include "runners/accelerators/pcie_probe.h"
#include "runners/accelerators/probe_on_bus.h"
#include "runners/accelerators/usb_probe.h"

namespace qbench::runners {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kLookInterval{100};
constexpr std::size_t kShownLines = 5;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

bool is_real_machine(const ProbeOptions& options) { return options.root == "/"; }

void add_device_options(const std::vector<EdgetpuListing>& listings, std::vector<AcceleratorReport>& accelerators) {
  for (AcceleratorReport& accelerator : accelerators) {
    for (const EdgetpuListing& listing : listings) {
      if (listing.path == accelerator.sysfs || listing.path == accelerator.node) {
        accelerator.device_option = listing.device_option;
      }
    }
  }
}

std::string init_message(const ChildResult& made, const std::optional<SysfsUsbDevice>& after, const InitReport& init,
                         const ProbeOptions& options) {
  if (!after) {
    return made.ok() ? fmt::format("firmware sent, but the device did not come back within {:g} s: replug it",
                                   std::chrono::duration<double>(options.reappear_timeout).count())
                     : "libedgetpu: " + describe_end(made, options.init_timeout);
  }
  if (!made.ok()) return "firmware loaded, but libedgetpu failed: " + describe_end(made, options.init_timeout);
  if (init.speed_after_mbps < init.speed_before_mbps) {
    return fmt::format("firmware loaded; the link fell from {} to {} Mb/s", *init.speed_before_mbps,
                       *init.speed_after_mbps);
  }
  return "firmware loaded";
}

InitReport init_device(const UsbProbe& probe, const ProbeOptions& options, const AcceleratorReport& device) {
  const Clock::time_point start = Clock::now();
  const SysfsUsb before = look_at_usb(probe);
  InitReport init;
  init.port = device.port;
  init.id_before = device.id;
  init.speed_before_mbps = device.speed_mbps;
  const ChildResult made = load_edgetpu_firmware(options.edgetpu_library, device.sysfs, options.init_timeout);
  // A failed library may still have sent the firmware; one look tells.
  const auto patience = made.ok() ? options.reappear_timeout : std::chrono::milliseconds(0);
  const std::optional<SysfsUsbDevice> after = await_ready(probe, device.family, device.port, before, patience,
                                                          [] { std::this_thread::sleep_for(kLookInterval); });
  if (after) {
    init.id_after = id_text(after->vendor, after->product);
    init.speed_after_mbps = after->speed_mbps;
  }
  init.ok = made.ok() && after.has_value();
  init.message = init_message(made, after, init, options);
  init.stderr_tail = last_lines(made.errors, kShownLines);
  init.seconds = seconds_since(start);
  return init;
}

// Needs no library in this process: a library's threads and a fork do not go together.
void init_devices(const ProbeOptions& options, std::vector<InitReport>& inits) {
  const UsbProbe probe{.tree = SystemTree(options.root),
                       .bus = nullptr,
                       .ids = accelerator_ids(options.usb_ids),
                       .container = options.container};
  for (const AcceleratorReport& accelerator : judge_usb(probe, look_at_usb(probe))) {
    if (accelerator.family != "coral" || accelerator.state != DeviceState::kUninitialised) continue;
    inits.push_back(init_device(probe, options, accelerator));
  }
}

void look_at_devices(const UsbProbe& probe, ProbeReport& report) {
  const SysfsUsb usb = look_at_usb(probe);
  report.usb_available = usb.present || !usb.devices.empty();
  if (!report.usb_available) report.usb_reason = "no USB bus on this machine";
  report.accelerators = judge_usb(probe, usb);
  const std::vector<AcceleratorReport> pcie = probe_pcie(probe.tree, probe.container);
  report.accelerators.insert(report.accelerators.end(), pcie.begin(), pcie.end());
}

std::string one_line(const AcceleratorReport& accelerator) {
  return fmt::format("{} at {}: {}, {}; {}", accelerator.name, accelerator.port, state_name(accelerator.state),
                     accelerator.cause, accelerator.fix);
}

}  // namespace

std::string_view state_name(DeviceState state) noexcept {
  constexpr std::array<std::string_view, 9> kNames = {"no-node",   "vanished", "no-permission", "kernel-driver", "busy",
                                                      "no-driver", "error",    "uninitialised", "ready"};
  return kNames[static_cast<std::size_t>(state)];
}

ProbeReport probe_accelerators_on(const ProbeOptions& options, UsbBus* bus) {
  const Clock::time_point start = Clock::now();
  const UsbProbe probe{.tree = SystemTree(options.root),
                       .bus = bus,
                       .ids = accelerator_ids(options.usb_ids),
                       .container = options.container,
                       .claim = options.claim};
  ProbeReport report;
  if (bus != nullptr) {
    report.usb_library = bus->library();
    report.hotplug = bus->has_hotplug();
  }
  look_at_devices(probe, report);
  report.seconds = seconds_since(start);
  return report;
}

ProbeReport probe_accelerators(const ProbeOptions& options) {
  if (!is_real_machine(options)) return probe_accelerators_on(options, nullptr);
  const Clock::time_point start = Clock::now();
  std::vector<InitReport> inits;
  if (options.init) init_devices(options, inits);
  // After init: the library counts devices that wait for their firmware first, so its numbers change.
  const EdgetpuRuntime runtime = query_edgetpu(options.edgetpu_library, options.runtime_timeout);

  std::string reason;
  const std::unique_ptr<UsbBus> bus = make_libusb_bus(reason);
  ProbeReport report = probe_accelerators_on(options, bus.get());
  if (bus == nullptr) report.usb_reason = reason;
  report.inits = std::move(inits);
  report.runtimes.push_back(runtime.report);
  add_device_options(runtime.listings, report.accelerators);
  report.seconds = seconds_since(start);
  return report;
}

bool ProbeReport::has_usable(std::string_view family) const { return why_unusable(family).empty(); }

std::string ProbeReport::why_unusable(std::string_view family) const {
  const AcceleratorReport* seen = nullptr;
  const AcceleratorRuntime* missing = nullptr;
  for (const AcceleratorReport& accelerator : accelerators) {
    if (!family.empty() && accelerator.family != family) continue;
    seen = &accelerator;
    if (!accelerator.usable()) continue;
    const auto runtime = std::ranges::find(runtimes, accelerator.family, &AcceleratorRuntime::family);
    if (runtime == runtimes.end() || runtime->loaded) return {};
    missing = &*runtime;
  }
  if (missing != nullptr) return fmt::format("{}: {}; {}", missing->name, missing->cause, missing->fix);
  if (seen != nullptr) return one_line(*seen);
  const std::string what = family.empty() ? "known" : std::string(family);
  if (!usb_available) return fmt::format("no {} accelerator: {}", what, usb_reason);
  return fmt::format("no {} accelerator on USB or PCIe; when one is plugged in: check cable, port and power", what);
}

}  // namespace qbench::runners
