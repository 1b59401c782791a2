// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::runners {

/// What can be said of one accelerator; the first that applies, in this order.
enum class DeviceState {
  kNoNode,         ///< the kernel has it, but there is no device file (usual in containers)
  kVanished,       ///< it was there and went away while being asked
  kNoPermission,   ///< this user may not open the device file
  kKernelDriver,   ///< a kernel driver holds its interface
  kBusy,           ///< another program holds it
  kNoDriver,       ///< PCIe: the chip is there and its kernel driver is not
  kError,          ///< it answers wrongly, not at all, or over too slow a link
  kUninitialised,  ///< usable; its firmware is loaded at first use
  kReady,
};
[[nodiscard]] std::string_view state_name(DeviceState state) noexcept;

/// One accelerator with what is wrong and what to do. Empty texts and missing numbers: not told by this system.
struct AcceleratorReport {
  std::string family;  ///< "coral", "myriad", "kneron" or a user's own
  std::string name;
  std::string bus;  ///< "usb" or "pcie"
  DeviceState state = DeviceState::kError;
  std::string cause;  ///< one line; empty when ready
  std::string fix;    ///< one line, ready to paste where it is a command; empty when there is nothing to do
  std::vector<std::string> warnings;  ///< link speed, heat: never decide the state

  std::string id;          ///< "18d1:9302"
  std::string port;        ///< "2-1", "1-3.2": stays when the device changes its identity; PCI address for PCIe
  std::string sysfs;       ///< "/sys/bus/usb/devices/2-1"
  std::string node;        ///< "/dev/bus/usb/002/006"
  std::string node_mode;   ///< "0664"
  std::string node_group;  ///< "plugdev"
  int device_number = 0;   ///< changes at every re-enumeration
  std::optional<double> speed_mbps;
  std::optional<double> expected_speed_mbps;
  std::optional<bool> speed_ok;  ///< missing where no speed is expected
  std::string bcd_usb;
  std::string bcd_device;
  std::optional<int> max_power_ma;
  std::string manufacturer;
  std::string product;
  std::string serial;
  std::string interface_driver;      ///< "usbfs" while a program holds it
  std::vector<std::string> holders;  ///< "1234 (frigate)", as far as this user may see
  std::string open;                  ///< "ok", an error's name, or "not tried"
  std::string claim;                 ///< same; tried with ProbeOptions::claim only
  std::string answer;                ///< same: a standard request answered by the device, with ProbeOptions::claim only
  std::string device_option;      ///< what the delegate's option "device" must say: "usb:0"; needs the runtime library
  std::optional<double> celsius;  ///< PCIe

  [[nodiscard]] bool usable() const noexcept {
    return state == DeviceState::kReady || state == DeviceState::kUninitialised;
  }
};

/// A vendor's runtime library, opened in a child process.
struct AcceleratorRuntime {
  std::string name;    ///< "libedgetpu"
  std::string family;  ///< whose devices it drives
  std::string path;    ///< the file that was opened
  bool loaded = false;
  std::string version;
  std::string sha256;
  std::vector<std::string> devices;  ///< what the library itself lists: "usb:0 /sys/bus/usb/devices/2-1"
  std::string cause;                 ///< why it is not loaded
  std::string fix;
};

/// The outcome of loading a device's firmware on request.
struct InitReport {
  std::string port;
  bool ok = false;
  double seconds = 0.0;
  std::string id_before;
  std::string id_after;
  std::optional<double> speed_before_mbps;
  std::optional<double> speed_after_mbps;
  std::string message;                   ///< what happened, one line
  std::vector<std::string> stderr_tail;  ///< the library's last lines
};

struct ProbeReport {
  bool usb_available = false;
  std::string usb_reason;                       ///< why there is no USB; a normal answer, not an error
  std::string usb_library;                      ///< "libusb 1.0.26", empty when it was not asked
  bool hotplug = false;                         ///< the library reports arrivals by itself
  std::vector<AcceleratorReport> accelerators;  ///< in the order of bus and port, PCIe last
  std::vector<AcceleratorRuntime> runtimes;
  std::vector<InitReport> inits;
  double seconds = 0.0;

  /// A device of the family ("" = any) that is usable and, for Coral, has its runtime library.
  [[nodiscard]] bool has_usable(std::string_view family) const;
  /// One line that says why has_usable is false, with the fix; empty when it is true.
  [[nodiscard]] std::string why_unusable(std::string_view family) const;
};

struct ProbeOptions {
  std::filesystem::path root = "/";  ///< another root is a recorded tree: libusb and runtime libraries are left out
  std::filesystem::path usb_ids;     ///< a user's table; empty: none
  std::string container;             ///< the kind of container this runs in, when known: changes the fixes
  std::string edgetpu_library = "libedgetpu.so.1";
  bool claim = false;  ///< also claim the interface and ask the device for its status
  bool init = false;   ///< load the firmware of Coral devices that wait for it; takes seconds and resets the port
  std::chrono::milliseconds runtime_timeout{3000};
  std::chrono::milliseconds init_timeout{60000};
  std::chrono::milliseconds reappear_timeout{10000};
};

/// Asks, in this order and each as far as present: sysfs, libusb, PCIe, the runtime libraries. A machine without any
/// of them is a normal answer. Throws Error(kConfig) for a bad id table only. Never opens a device through a runtime
/// library unless `init` is set. Takes well under 300 ms without devices. Call it from one thread at a time.
[[nodiscard]] ProbeReport probe_accelerators(const ProbeOptions& options);

/// What changed between two looks.
struct WatchEvent {
  enum class Kind { kArrived, kLeft, kChanged };
  Kind kind = Kind::kArrived;
  AcceleratorReport accelerator;  ///< as it is now; for kLeft as it was
};

/// Calls `on_event` for every accelerator present, then for each that arrives, leaves or changes its identity, state
/// or speed, until `stop` returns true (asked at least four times a second). Everything runs on the caller's thread.
/// options.init and the runtime libraries are left out. Throws what probe_accelerators throws, and what on_event
/// throws.
void watch_accelerators(const ProbeOptions& options, const std::function<void(const WatchEvent&)>& on_event,
                        const std::function<bool()>& stop);

[[nodiscard]] nlohmann::json to_json(const AcceleratorReport& accelerator);
/// {"usb": {...}, "accelerators": [...], "accelerator_runtimes": [...], "inits": [...], "seconds": s}
[[nodiscard]] nlohmann::json to_json(const ProbeReport& report);
[[nodiscard]] nlohmann::json to_json(const WatchEvent& event);

}  // namespace qbench::runners
