// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::runners {

/// How a USB call ended. Failures are answers here: the probe is made of them.
enum class UsbStatus {
  kOk,
  kAccess,
  kNoDevice,
  kBusy,
  kNotFound,
  kStall,
  kTimeout,
  kIo,
  kNotSupported,
  kNoMemory,
  kOther,
};
/// "ok", else the name that libusb's users search for: "LIBUSB_ERROR_ACCESS".
[[nodiscard]] std::string_view status_name(UsbStatus status) noexcept;

/// A device as the library lists it, without opening it.
struct UsbListing {
  int bus = 0;
  int address = 0;         ///< device number on the bus
  std::vector<int> ports;  ///< from the root hub down
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::optional<double> speed_mbps;
};

/// An open device; closed, and its interface released, by the destructor.
class UsbConnection {
 public:
  UsbConnection() = default;
  virtual ~UsbConnection() = default;
  UsbConnection(const UsbConnection&) = delete;
  UsbConnection& operator=(const UsbConnection&) = delete;

  /// A driver of the kernel (usbfs, another program, does not count) has the interface.
  [[nodiscard]] virtual bool kernel_driver_active(int interface_number) = 0;
  [[nodiscard]] virtual UsbStatus claim(int interface_number) = 0;
  /// The standard request GET_STATUS, which every device must answer, within `timeout`.
  [[nodiscard]] virtual UsbStatus request_status(std::chrono::milliseconds timeout) = 0;
};

struct UsbOpening {
  UsbStatus status = UsbStatus::kOther;
  std::unique_ptr<UsbConnection> connection;  ///< null unless status is kOk
};

/// The USB library behind an interface, so that every fault can be played without a device. One thread at a time.
class UsbBus {
 public:
  UsbBus() = default;
  virtual ~UsbBus() = default;
  UsbBus(const UsbBus&) = delete;
  UsbBus& operator=(const UsbBus&) = delete;

  /// "libusb 1.0.26"
  [[nodiscard]] virtual std::string library() const = 0;
  /// Arrivals end wait_for_change early.
  [[nodiscard]] virtual bool has_hotplug() const = 0;
  /// What is plugged in now, by bus and port; empty when there is no USB.
  [[nodiscard]] virtual std::vector<UsbListing> list() = 0;
  /// Opens the device that now has this bus and address; kNoDevice when there is none.
  [[nodiscard]] virtual UsbOpening open(int bus, int address) = 0;
  /// Returns when a device came or went, or after `timeout`.
  virtual void wait_for_change(std::chrono::milliseconds timeout) = 0;
};

}  // namespace qbench::runners
