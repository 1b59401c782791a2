// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/libusb_bus.h"

#include <fmt/format.h>
#include <libusb.h>

#include <algorithm>
#include <array>
#include <span>
#include <thread>
#include <tuple>

namespace qbench::runners {

namespace {

struct CloseContext {
  void operator()(libusb_context* context) const noexcept { libusb_exit(context); }
};
using Context = std::unique_ptr<libusb_context, CloseContext>;

struct CloseHandle {
  void operator()(libusb_device_handle* handle) const noexcept { libusb_close(handle); }
};
using Handle = std::unique_ptr<libusb_device_handle, CloseHandle>;

/// The device list with its references.
class DeviceList {
 public:
  explicit DeviceList(libusb_context* context) {
    const ssize_t count = libusb_get_device_list(context, &devices_);
    count_ = count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  ~DeviceList() {
    if (devices_ != nullptr) libusb_free_device_list(devices_, 1);
  }
  DeviceList(const DeviceList&) = delete;
  DeviceList& operator=(const DeviceList&) = delete;

  [[nodiscard]] std::span<libusb_device* const> devices() const noexcept { return {devices_, count_}; }

 private:
  libusb_device** devices_ = nullptr;
  std::size_t count_ = 0;
};

UsbStatus status_of(int code) noexcept {
  switch (code) {
    case LIBUSB_ERROR_ACCESS:
      return UsbStatus::kAccess;
    case LIBUSB_ERROR_NO_DEVICE:
      return UsbStatus::kNoDevice;
    case LIBUSB_ERROR_BUSY:
      return UsbStatus::kBusy;
    case LIBUSB_ERROR_NOT_FOUND:
      return UsbStatus::kNotFound;
    case LIBUSB_ERROR_PIPE:
      return UsbStatus::kStall;
    case LIBUSB_ERROR_TIMEOUT:
      return UsbStatus::kTimeout;
    case LIBUSB_ERROR_IO:
      return UsbStatus::kIo;
    case LIBUSB_ERROR_NOT_SUPPORTED:
      return UsbStatus::kNotSupported;
    case LIBUSB_ERROR_NO_MEM:
      return UsbStatus::kNoMemory;
    default:
      return code >= 0 ? UsbStatus::kOk : UsbStatus::kOther;
  }
}

std::optional<double> speed_of(libusb_device* device) {
  switch (libusb_get_device_speed(device)) {
    case LIBUSB_SPEED_LOW:
      return 1.5;
    case LIBUSB_SPEED_FULL:
      return 12.0;
    case LIBUSB_SPEED_HIGH:
      return 480.0;
    case LIBUSB_SPEED_SUPER:
      return 5000.0;
    case LIBUSB_SPEED_SUPER_PLUS:
      return 10000.0;
    default:
      return std::nullopt;
  }
}

class LibusbConnection : public UsbConnection {
 public:
  explicit LibusbConnection(Handle handle) : handle_(std::move(handle)) {}
  ~LibusbConnection() override {
    if (claimed_) libusb_release_interface(handle_.get(), *claimed_);
  }

  bool kernel_driver_active(int interface_number) override {
    return libusb_kernel_driver_active(handle_.get(), interface_number) == 1;
  }

  UsbStatus claim(int interface_number) override {
    const UsbStatus status = status_of(libusb_claim_interface(handle_.get(), interface_number));
    if (status == UsbStatus::kOk) claimed_ = interface_number;
    return status;
  }

  UsbStatus request_status(std::chrono::milliseconds timeout) override {
    std::array<unsigned char, 2> answer{};
    const int received = libusb_control_transfer(handle_.get(), LIBUSB_ENDPOINT_IN, LIBUSB_REQUEST_GET_STATUS, 0, 0,
                                                 answer.data(), answer.size(), static_cast<unsigned>(timeout.count()));
    if (received >= 0 && static_cast<std::size_t>(received) != answer.size()) return UsbStatus::kIo;
    return status_of(received);
  }

 private:
  Handle handle_;
  std::optional<int> claimed_;
};

// Runs inside libusb's event handling, where no other call is allowed: it only leaves a note.
int LIBUSB_CALL note_change(libusb_context* /*context*/, libusb_device* /*device*/, libusb_hotplug_event /*event*/,
                            void* changed) {
  *static_cast<int*>(changed) = 1;
  return 0;
}

class LibusbBus : public UsbBus {
 public:
  explicit LibusbBus(Context context) : context_(std::move(context)) {
    if (libusb_has_capability(LIBUSB_CAP_HAS_HOTPLUG) == 0) return;
    const int events = LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT;
    // The callback lives as long as the context; libusb_exit removes it.
    hotplug_ =
        libusb_hotplug_register_callback(context_.get(), events, 0, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                         LIBUSB_HOTPLUG_MATCH_ANY, note_change, &changed_, nullptr) == LIBUSB_SUCCESS;
  }

  std::string library() const override {
    const libusb_version* version = libusb_get_version();
    return fmt::format("libusb {}.{}.{}", version->major, version->minor, version->micro);
  }

  bool has_hotplug() const override { return hotplug_; }

  std::vector<UsbListing> list() override {
    const DeviceList all(context_.get());
    std::vector<UsbListing> listings;
    for (libusb_device* device : all.devices()) {
      libusb_device_descriptor descriptor{};
      if (libusb_get_device_descriptor(device, &descriptor) != LIBUSB_SUCCESS) continue;
      std::array<std::uint8_t, 8> ports{};
      const int depth = std::max(0, libusb_get_port_numbers(device, ports.data(), static_cast<int>(ports.size())));
      listings.push_back({.bus = libusb_get_bus_number(device),
                          .address = libusb_get_device_address(device),
                          .ports = {ports.begin(), ports.begin() + depth},
                          .vendor = descriptor.idVendor,
                          .product = descriptor.idProduct,
                          .speed_mbps = speed_of(device)});
    }
    std::ranges::sort(listings, [](const UsbListing& a, const UsbListing& b) {
      return std::tie(a.bus, a.ports, a.address) < std::tie(b.bus, b.ports, b.address);
    });
    return listings;
  }

  UsbOpening open(int bus, int address) override {
    const DeviceList all(context_.get());
    for (libusb_device* device : all.devices()) {
      if (libusb_get_bus_number(device) != bus || libusb_get_device_address(device) != address) continue;
      libusb_device_handle* raw = nullptr;
      const int code = libusb_open(device, &raw);
      if (code != LIBUSB_SUCCESS) return {.status = status_of(code), .connection = nullptr};
      return {.status = UsbStatus::kOk, .connection = std::make_unique<LibusbConnection>(Handle(raw))};
    }
    return {.status = UsbStatus::kNoDevice, .connection = nullptr};
  }

  void wait_for_change(std::chrono::milliseconds timeout) override {
    if (!hotplug_) {
      std::this_thread::sleep_for(timeout);
      return;
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    timeval wait{};
    wait.tv_sec = seconds.count();
    wait.tv_usec = std::chrono::duration_cast<std::chrono::microseconds>(timeout - seconds).count();
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const int code = libusb_handle_events_timeout_completed(context_.get(), &wait, &changed_);
    if (code != LIBUSB_SUCCESS) std::this_thread::sleep_until(deadline);
    changed_ = 0;
  }

 private:
  int changed_ = 0;  // before the context: its callback writes here until libusb_exit
  bool hotplug_ = false;
  Context context_;
};

}  // namespace

std::string_view status_name(UsbStatus status) noexcept {
  constexpr std::array<std::string_view, 11> kNames = {
      "ok",
      "LIBUSB_ERROR_ACCESS",
      "LIBUSB_ERROR_NO_DEVICE",
      "LIBUSB_ERROR_BUSY",
      "LIBUSB_ERROR_NOT_FOUND",
      "LIBUSB_ERROR_PIPE",
      "LIBUSB_ERROR_TIMEOUT",
      "LIBUSB_ERROR_IO",
      "LIBUSB_ERROR_NOT_SUPPORTED",
      "LIBUSB_ERROR_NO_MEM",
      "LIBUSB_ERROR_OTHER",
  };
  return kNames[static_cast<std::size_t>(status)];
}

std::unique_ptr<UsbBus> make_libusb_bus(std::string& reason) {
  libusb_context* raw = nullptr;
  const int code = libusb_init(&raw);
  if (code != LIBUSB_SUCCESS) {
    reason = fmt::format("libusb cannot start: {}", libusb_error_name(code));
    return nullptr;
  }
  return std::make_unique<LibusbBus>(Context(raw));
}

}  // namespace qbench::runners
