// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <umockdev.h>

#include <atomic>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "tests/runners/accelerators/usb_description.h"

namespace qbench::testing {

/// What goes wrong with the devices that a MockUsbMachine serves. Set before the device is opened; the callbacks run
/// on umockdev's thread.
struct UsbFaults {
  bool claim_is_busy = false;
  bool requests_stall = false;
  std::string kernel_driver;       ///< what the kernel answers when asked for the interface's driver
  std::function<void()> on_claim;  ///< when set, the device is gone afterwards
  std::function<void()> on_reset;
};

/// A machine whose USB devices exist for this process and its children only: sysfs, device files and udev events by
/// umockdev, transfers answered by this class. The process must run under umockdev-wrapper.
class MockUsbMachine {
 public:
  /// Without hubs for plug_file(), whose files bring their own.
  explicit MockUsbMachine(bool with_root_hubs = true);
  ~MockUsbMachine();
  MockUsbMachine(const MockUsbMachine&) = delete;
  MockUsbMachine& operator=(const MockUsbMachine&) = delete;

  /// Plugs a device in and tells udev. With `serve`, its transfers are answered, as `faults` says.
  void plug(const UsbDescription& device, bool serve = false);
  void pull(const UsbDescription& device);
  /// Devices described in a file of umockdev's format.
  void plug_file(const std::filesystem::path& file);
  /// The file behind a device node, to change its rights.
  [[nodiscard]] std::filesystem::path real_path(const std::string& node) const;

  UsbFaults faults;

 private:
  struct Transfer;
  static gboolean on_ioctl(UMockdevIoctlBase* handler, UMockdevIoctlClient* client, gpointer machine);
  void answer(UMockdevIoctlClient* client);
  void submit(UMockdevIoctlClient* client);
  void reap(UMockdevIoctlClient* client);

  std::unique_ptr<UMockdevTestbed, decltype(&g_object_unref)> testbed_;
  std::unique_ptr<UMockdevIoctlBase, decltype(&g_object_unref)> handler_;
  std::mutex mutex_;
  std::deque<std::unique_ptr<Transfer>> pending_;
  std::atomic<bool> gone_ = false;
};

/// This process runs under umockdev-wrapper.
[[nodiscard]] bool under_umockdev();

/// For main(): the library that plays the devices must be loaded before everything else, so the program starts itself
/// again through umockdev's wrapper. Returns when it runs there already, or when there is no wrapper.
void enter_umockdev(int argc, char** argv);

}  // namespace qbench::testing
