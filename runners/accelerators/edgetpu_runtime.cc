// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/edgetpu_runtime.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <array>
#include <nlohmann/json.hpp>
#include <span>

#include "core/error.h"
#include "core/json_file.h"
#include "core/sha256.h"

namespace qbench::runners {

namespace {

// The library's C interface (edgetpu_c.h), as far as it is used here.
struct EdgetpuDevice {
  int type;
  const char* path;
};
using ListDevices = EdgetpuDevice* (*)(std::size_t*);
using FreeDevices = void (*)(EdgetpuDevice*);
using CreateDelegate = void* (*)(int, const char*, const void*, std::size_t);
using FreeDelegate = void (*)(void*);
using SetVerbosity = void (*)(int);
using GetVersion = const char* (*)();

constexpr int kTypePci = 0;
constexpr int kTypeUsb = 1;
constexpr int kTellFailures = 1;  // without it the library fails without a word

constexpr const char* kInstallHint =
    "install libedgetpu1-std (https://coral.ai/software) in a build that matches your TensorFlow Lite version";

// Lives in the child only, which ends without unloading it.
void* open_library(const std::string& library) {
  void* handle = ::dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) throw Error(ErrorCode::kRuntime, "{}", ::dlerror());
  return handle;
}

template <typename Function>
Function find_function(void* handle, const char* name) {
  void* address = ::dlsym(handle, name);
  if (address == nullptr) throw Error(ErrorCode::kRuntime, "the library has no function {}", name);
  return reinterpret_cast<Function>(address);
}

std::string file_of(void* handle, const std::string& library) {
  link_map* map = nullptr;
  return ::dlinfo(handle, RTLD_DI_LINKMAP, &map) == 0 && map != nullptr ? map->l_name : library;
}

std::string ask_library(const std::string& library) {
  void* handle = open_library(library);
  std::size_t count = 0;
  EdgetpuDevice* devices = find_function<ListDevices>(handle, "edgetpu_list_devices")(&count);
  nlohmann::json listed = nlohmann::json::array();
  for (const EdgetpuDevice& device : std::span(devices, devices == nullptr ? 0 : count)) {
    listed.push_back({{"type", device.type}, {"path", device.path}});
  }
  if (devices != nullptr) find_function<FreeDevices>(handle, "edgetpu_free_devices")(devices);
  const nlohmann::json answer = {{"file", file_of(handle, library)},
                                 {"version", find_function<GetVersion>(handle, "edgetpu_version")()},
                                 {"devices", listed}};
  return answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string create_delegate(const std::string& library, const std::string& path) {
  void* handle = open_library(library);
  find_function<SetVerbosity>(handle, "edgetpu_verbosity")(kTellFailures);
  void* delegate = find_function<CreateDelegate>(handle, "edgetpu_create_delegate")(kTypeUsb, path.c_str(), nullptr, 0);
  if (delegate == nullptr) throw Error(ErrorCode::kDevice, "the library made no delegate for {}", path);
  find_function<FreeDelegate>(handle, "edgetpu_free_delegate")(delegate);
  return "made";
}

// The library counts PCIe and USB devices apart.
std::vector<EdgetpuListing> parse_listings(const nlohmann::json& devices) {
  std::array<int, 2> next{};
  std::vector<EdgetpuListing> listings;
  for (const nlohmann::json& device : devices) {
    const int type = device.at("type").get<int>();
    if (type != kTypePci && type != kTypeUsb) continue;
    const int index = next.at(static_cast<std::size_t>(type))++;
    listings.push_back({fmt::format("{}:{}", type == kTypePci ? "pci" : "usb", index), device.at("path")});
  }
  return listings;
}

void read_answer(const std::string& text, EdgetpuRuntime& runtime) {
  const nlohmann::json answer = parse_json(text, "the answer");
  runtime.report.path = answer.at("file");
  runtime.report.version = answer.at("version");
  runtime.report.sha256 = sha256_file(runtime.report.path);
  runtime.listings = parse_listings(answer.at("devices"));
  for (const EdgetpuListing& listing : runtime.listings) {
    runtime.report.devices.push_back(listing.device_option + " " + listing.path);
  }
  runtime.report.loaded = true;
}

}  // namespace

EdgetpuRuntime query_edgetpu(const std::string& library, std::chrono::milliseconds timeout) {
  EdgetpuRuntime runtime;
  runtime.report.name = "libedgetpu";
  runtime.report.family = "coral";
  const ChildResult result = call_in_child([&] { return ask_library(library); }, timeout);
  if (!result.ok()) {
    runtime.report.cause = describe_end(result, timeout);
    runtime.report.fix = kInstallHint;
    return runtime;
  }
  try {
    read_answer(result.output, runtime);
  } catch (const std::exception& problem) {
    runtime.report.cause = fmt::format("{} gave a strange answer: {}", library, problem.what());
    runtime.report.fix = kInstallHint;
  }
  return runtime;
}

ChildResult load_edgetpu_firmware(const std::string& library, const std::string& sysfs_path,
                                  std::chrono::milliseconds timeout) {
  return call_in_child([&] { return create_delegate(library, sysfs_path); }, timeout);
}

}  // namespace qbench::runners
