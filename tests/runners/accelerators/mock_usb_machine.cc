// SPDX-License-Identifier: Apache-2.0
#include "tests/runners/accelerators/mock_usb_machine.h"

#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string_view>

namespace qbench::testing {

/// Has linkage: a class that the header names holds one.
struct UnrefIoctlData {
  void operator()(UMockdevIoctlData* data) const noexcept { umockdev_ioctl_data_unref(data); }
};

namespace {

using Data = std::unique_ptr<UMockdevIoctlData, UnrefIoctlData>;

constexpr std::size_t kSetupBytes = 8;
constexpr std::size_t kStatusBytes = 2;

// The caller's memory that the argument at `offset` of `parent` points to.
Data follow(UMockdevIoctlData* parent, std::size_t offset, std::size_t size) {
  return Data(umockdev_ioctl_data_resolve(parent, offset, size, nullptr));
}

void succeed(UMockdevIoctlClient* client) { umockdev_ioctl_client_complete(client, 0, 0); }
void fail(UMockdevIoctlClient* client, int error) { umockdev_ioctl_client_complete(client, -1, error); }

void check(bool done, GError* error) {
  if (done) return;
  const std::string message = error == nullptr ? "umockdev failed" : error->message;
  g_clear_error(&error);
  throw std::runtime_error(message);
}

}  // namespace

struct MockUsbMachine::Transfer {
  Data request;
  Data buffer;
};

bool under_umockdev() {
  const char* preload = std::getenv("LD_PRELOAD");
  return preload != nullptr && std::string_view(preload).find("umockdev") != std::string_view::npos;
}

void enter_umockdev(int argc, char** argv) {
  if (under_umockdev()) return;
  const char* asan = std::getenv("ASAN_OPTIONS");
  const std::string merged = (asan == nullptr ? "" : std::string(asan) + ":") + "verify_asan_link_order=0";
  ::setenv("ASAN_OPTIONS", merged.c_str(), 1);
  std::vector<char*> arguments = {const_cast<char*>("umockdev-wrapper")};
  arguments.insert(arguments.end(), argv, argv + argc);
  arguments.push_back(nullptr);
  ::execvp(arguments.front(), arguments.data());
}

MockUsbMachine::MockUsbMachine(bool with_root_hubs)
    : testbed_(umockdev_testbed_new(), &g_object_unref), handler_(umockdev_ioctl_base_new(), &g_object_unref) {
  g_signal_connect(handler_.get(), "handle-ioctl", G_CALLBACK(&MockUsbMachine::on_ioctl), this);
  if (!with_root_hubs) return;
  GError* error = nullptr;
  check(umockdev_testbed_add_from_string(testbed_.get(), umockdev_root_hubs().c_str(), &error) != FALSE, error);
}

MockUsbMachine::~MockUsbMachine() = default;

void MockUsbMachine::plug(const UsbDescription& device, bool serve) {
  gone_ = false;
  GError* error = nullptr;
  check(umockdev_testbed_add_from_string(testbed_.get(), umockdev_text(device).c_str(), &error) != FALSE, error);
  if (!serve) return;
  check(umockdev_testbed_attach_ioctl(testbed_.get(), device.node().c_str(), handler_.get(), &error) != FALSE, error);
}

void MockUsbMachine::pull(const UsbDescription& device) {
  const std::string path = "/sys" + device.device_path();
  umockdev_testbed_uevent(testbed_.get(), path.c_str(), "remove");
  umockdev_testbed_remove_device(testbed_.get(), ("/sys" + device.interface_path()).c_str());
  umockdev_testbed_remove_device(testbed_.get(), path.c_str());
}

void MockUsbMachine::plug_file(const std::filesystem::path& file) {
  GError* error = nullptr;
  check(umockdev_testbed_add_from_file(testbed_.get(), file.c_str(), &error) != FALSE, error);
}

std::filesystem::path MockUsbMachine::real_path(const std::string& node) const {
  gchar* root = umockdev_testbed_get_root_dir(testbed_.get());
  const std::filesystem::path path = std::string(root) + node;
  g_free(root);
  return path;
}

gboolean MockUsbMachine::on_ioctl(UMockdevIoctlBase* /*handler*/, UMockdevIoctlClient* client, gpointer machine) {
  static_cast<MockUsbMachine*>(machine)->answer(client);
  return TRUE;
}

void MockUsbMachine::answer(UMockdevIoctlClient* client) {
  if (gone_) return fail(client, ENODEV);
  switch (umockdev_ioctl_client_get_request(client)) {
    case USBDEVFS_GET_CAPABILITIES: {
      const Data capabilities = follow(umockdev_ioctl_client_get_arg(client), 0, sizeof(__u32));
      std::memset(capabilities->data, 0, sizeof(__u32));
      return succeed(client);
    }
    case USBDEVFS_GETDRIVER: {
      if (faults.kernel_driver.empty()) return fail(client, ENODATA);
      const Data answer = follow(umockdev_ioctl_client_get_arg(client), 0, sizeof(usbdevfs_getdriver));
      auto* driver = reinterpret_cast<usbdevfs_getdriver*>(answer->data);
      std::strncpy(driver->driver, faults.kernel_driver.c_str(), sizeof(driver->driver) - 1);
      return succeed(client);
    }
    case USBDEVFS_CLAIMINTERFACE:
      if (faults.claim_is_busy) return fail(client, EBUSY);
      if (faults.on_claim) {
        gone_ = true;
        faults.on_claim();
        return fail(client, ENODEV);
      }
      return succeed(client);
    case USBDEVFS_RESET:
      succeed(client);
      if (faults.on_reset) faults.on_reset();
      return;
    case USBDEVFS_SUBMITURB:
      return submit(client);
    case USBDEVFS_REAPURB:
    case USBDEVFS_REAPURBNDELAY:
      return reap(client);
    default:
      return succeed(client);
  }
}

void MockUsbMachine::submit(UMockdevIoctlClient* client) {
  auto transfer = std::make_unique<Transfer>();
  transfer->request = follow(umockdev_ioctl_client_get_arg(client), 0, sizeof(usbdevfs_urb));
  auto* urb = reinterpret_cast<usbdevfs_urb*>(transfer->request->data);
  transfer->buffer =
      follow(transfer->request.get(), offsetof(usbdevfs_urb, buffer), static_cast<std::size_t>(urb->buffer_length));
  // The only request that the probe makes is GET_STATUS: two bytes behind the setup packet.
  urb->actual_length = 0;
  urb->status = faults.requests_stall ? -EPIPE : 0;
  if (!faults.requests_stall && static_cast<std::size_t>(urb->buffer_length) == kSetupBytes + kStatusBytes) {
    transfer->buffer->data[kSetupBytes] = 1;
    transfer->buffer->data[kSetupBytes + 1] = 0;
    urb->actual_length = kStatusBytes;
  }
  const std::lock_guard lock(mutex_);
  pending_.push_back(std::move(transfer));
  succeed(client);
}

void MockUsbMachine::reap(UMockdevIoctlClient* client) {
  const std::lock_guard lock(mutex_);
  if (pending_.empty()) return fail(client, EAGAIN);
  const std::unique_ptr<Transfer> transfer = std::move(pending_.front());
  pending_.pop_front();
  const Data answer = follow(umockdev_ioctl_client_get_arg(client), 0, sizeof(void*));
  umockdev_ioctl_data_set_ptr(answer.get(), 0, transfer->request.get());
  succeed(client);
}

}  // namespace qbench::testing
