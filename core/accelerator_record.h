// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace qbench {

/// An accelerator as the probe saw it at one moment.
struct AcceleratorLook {
  std::string state;  ///< "ready", "uninitialised", "busy" ...: see runners::DeviceState
  std::string id;     ///< "18d1:9302"; an Edge TPU stick changes it when its firmware is loaded
  std::string port;   ///< "2-1"; stays
  std::optional<double> speed_mbps;
  bool operator==(const AcceleratorLook&) const = default;
};

/// The accelerator behind a delegate: what the probe said before the delegate was made and after the last invoke.
struct AcceleratorRecord {
  std::string family;  ///< "coral"
  std::string name;
  std::string runtime;  ///< the vendor library's own version text
  std::string runtime_sha256;
  std::optional<AcceleratorLook> before;  ///< missing: no device of the family was there
  std::optional<AcceleratorLook> after;
  std::string problem;                ///< why it was not usable before, with the fix; empty when it was
  bool lost = false;                  ///< there before, gone after
  std::vector<std::string> warnings;  ///< link speed, heat
  bool operator==(const AcceleratorRecord&) const = default;
};

/// Ops of one kind that a model compiler left to the CPU.
struct UnmappedOps {
  std::string op;
  int count = 0;
  std::string reason;  ///< the compiler's own words
  bool operator==(const UnmappedOps&) const = default;
};

/// What the compiler of an accelerator's model wrote beside it.
struct CompilationRecord {
  std::string file;     ///< the log that was read
  std::string version;  ///< "Edge TPU Compiler version 16.0.384591198"
  int mapped_ops = 0;   ///< ops of the source model inside the accelerator's program
  int cpu_ops = 0;
  std::vector<UnmappedOps> unmapped;  ///< cpu_ops in detail, in the log's order
  bool operator==(const CompilationRecord&) const = default;
};

/// Every field; what is not known is null.
void to_json(nlohmann::json& json, const AcceleratorRecord& value);
void from_json(const nlohmann::json& json, AcceleratorRecord& value);
void to_json(nlohmann::json& json, const CompilationRecord& value);
void from_json(const nlohmann::json& json, CompilationRecord& value);

}  // namespace qbench
