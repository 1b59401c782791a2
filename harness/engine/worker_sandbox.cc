// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_sandbox.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "core/sandbox/refusals.h"
#include "core/sandbox/sandbox.h"
#include "core/system_tree.h"

namespace qbench::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostNeighbours = 256;
constexpr const char* kOff = "off";

/// Delegates by a part of their file's name, and what the nodes of their devices are called (a name, or how it begins).
struct DeviceFamily {
  std::string_view delegate;
  std::string_view devices;
};
constexpr auto kDeviceFamilies = std::to_array<DeviceFamily>({
    {"edgetpu", "bus/usb apex_"},
    {"gpu", "dri mali kgsl- dma_heap ion"},
    {"opencl", "dri mali kgsl- dma_heap ion"},
    {"armnn", "dri mali dma_heap ion ethosu"},
    {"hexagon", "adsprpc- cdsprpc- fastrpc- ion dma_heap"},
    {"qnn", "adsprpc- cdsprpc- fastrpc- kgsl- ion dma_heap"},
    {"vx", "galcore dma_heap"},
    {"ethosu", "ethosu"},
    {"rknn", "rknpu dri dma_heap"},
    {"neuron", "apusys dma_heap ion"},
    {"hailo", "hailo"},
});

/// The library, the file behind its links, and the other libraries beside both, which it may need. Not whole folders:
/// a library may lie in somebody's home.
void add_library(std::vector<fs::path>& readable, const fs::path& library) {
  if (!library.has_parent_path()) return;  // the system's loader finds it
  std::error_code error;
  const fs::path real = fs::canonical(library, error);
  if (error) return;
  readable.insert(readable.end(), {library, real});
  for (const fs::path& folder : {library.parent_path(), real.parent_path()}) {
    std::size_t neighbours = 0;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
      if (entry->path().filename().string().find(".so") == std::string::npos) continue;
      if (++neighbours > kMostNeighbours) break;
      readable.push_back(entry->path());
    }
    if (folder == real.parent_path()) break;
  }
}

sandbox::Policy policy_for(const nlohmann::json& request, const runners::RunnerDescriptor& descriptor,
                           const runners::RunnerOptions& options) {
  sandbox::Policy policy{.loads_libraries = true, .keeps_descriptors = true};
  for (const std::string& path : request.value("readable", std::vector<std::string>())) {
    policy.readable.emplace_back(path);
  }
  policy.readable.emplace_back(request.value("model", std::string()));  // it may be loaded again
  add_library(policy.readable, options.library);
  add_library(policy.readable, options.delegate.library);
  if (descriptor.libraries != nullptr) {
    for (const fs::path& library : descriptor.libraries(options)) add_library(policy.readable, library);
  }
  policy.devices = delegate_devices(options.delegate.library);
  for (const std::string& path : request.value("devices", std::vector<std::string>())) {
    policy.devices.emplace_back(path);
  }
  policy.device_events = !policy.devices.empty();
  policy.largest_file = request.value("largest_file", std::int64_t{0});
  return policy;
}

std::vector<std::string> enclosed(const sandbox::Policy& policy) {
  std::vector<std::string> held = sandbox::apply(policy);
  if (policy.devices.empty()) return held;
  std::vector<std::string> names;
  for (const fs::path& device : policy.devices) names.push_back(device.string());
  held.push_back(fmt::format("devices {}", fmt::join(names, " ")));
  return held;
}

}  // namespace

void add_sandbox(nlohmann::json& load_request, const RunSettings& settings) {
  load_request["sandbox"] = settings.sandbox != kOff;
  load_request["readable"] = words_of(settings.worker_read, ":");
  load_request["devices"] = words_of(settings.worker_devices, ":");
}

std::vector<std::string> enclose_worker(const nlohmann::json& load_request, const runners::RunnerDescriptor& descriptor,
                                        const runners::RunnerOptions& options) {
  if (!load_request.value("sandbox", true)) return {kOff};
  static const std::vector<std::string> kHeld = enclosed(policy_for(load_request, descriptor, options));
  return kHeld;
}

std::vector<fs::path> delegate_devices(const fs::path& library, const fs::path& root) {
  std::vector<fs::path> devices;
  const SystemTree tree(root);
  const std::string name = library.filename().string();
  for (const DeviceFamily& family : kDeviceFamilies) {
    if (name.find(family.delegate) == std::string::npos) continue;
    for (const std::string& wanted : words_of(family.devices)) {
      if (tree.exists(child_path("dev", wanted))) devices.push_back(tree.at(child_path("dev", wanted)));
      for (const std::string& node : tree.names("dev")) {
        if (node != wanted && node.starts_with(wanted)) devices.push_back(tree.at(child_path("dev", node)));
      }
    }
    break;
  }
  return devices;
}

void add_refusals(std::vector<std::string>& known, const std::vector<std::string>& news) {
  for (const std::string& refusal : news) {
    if (std::ranges::find(known, refusal) == known.end()) known.push_back(refusal);
  }
}

std::string isolation_warning(std::span<const std::string> isolation) {
  if (isolation.size() == 1 && isolation[0] == kOff) return {};
  const std::vector<std::string> missing = sandbox::missing_parts(isolation);
  if (missing.empty()) return {};
  return fmt::format("runtime libraries are not kept from {}: the workers run without {} (docs/isolation.md)",
                     missing.size() == 1 && missing[0] == "landlock" ? "reading your files" : "your files and network",
                     fmt::join(missing, " and "));
}

}  // namespace qbench::engine
