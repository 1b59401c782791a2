// SPDX-License-Identifier: Apache-2.0
// A stand-in for the device functions of libedgetpu.so.1. STAND_IN_EDGETPU says what goes wrong: "hang_list",
// "abort_list", "null", "hang", "abort". Otherwise the library lists /sys/bus/usb/devices/2-1 and one PCIe chip, and
// making a delegate resets the USB port of the path it is given, as the real one does.
#include <fcntl.h>
#include <linux/usbdevice_fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>

namespace {

struct Device {
  int type;
  const char* path;
};

Device devices[] = {{0, "/dev/apex_0"}, {1, "/sys/bus/usb/devices/2-1"}, {1, "/sys/bus/usb/devices/2-2"}};
int delegate_placeholder = 0;
int verbosity = 0;

bool mode_is(const char* name) {
  const char* mode = std::getenv("STAND_IN_EDGETPU");
  return mode != nullptr && std::strcmp(mode, name) == 0;
}

int number_in(const std::string& file) {
  int number = 0;
  std::ifstream(file) >> number;
  return number;
}

void reset_port(const std::string& path) {
  char node[64];
  std::snprintf(node, sizeof(node), "/dev/bus/usb/%03d/%03d", number_in(path + "/busnum"), number_in(path + "/devnum"));
  const int fd = ::open(node, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  ::ioctl(fd, USBDEVFS_RESET);
  ::close(fd);
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) Device* edgetpu_list_devices(std::size_t* count) {
  if (mode_is("abort_list")) std::abort();
  if (mode_is("hang_list")) ::pause();
  *count = 3;
  return devices;
}

__attribute__((visibility("default"))) void edgetpu_free_devices(Device* /*list*/) {}

__attribute__((visibility("default"))) const char* edgetpu_version() {
  return "BuildLabel(stand-in), RuntimeVersion(14)";
}

__attribute__((visibility("default"))) void edgetpu_verbosity(int level) { verbosity = level; }

__attribute__((visibility("default"))) void* edgetpu_create_delegate(int /*type*/, const char* path,
                                                                     const void* /*options*/, std::size_t /*count*/) {
  if (mode_is("hang")) ::pause();
  if (mode_is("abort")) std::abort();
  if (mode_is("null")) {
    if (verbosity > 0) std::fputs("Failed to open device: USB error -3 [OpenDevice]\n", stderr);
    return nullptr;
  }
  reset_port(path);
  return &delegate_placeholder;
}

__attribute__((visibility("default"))) void edgetpu_free_delegate(void* /*delegate*/) {}

}  // extern "C"
