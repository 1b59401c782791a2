// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/option_table.h"

namespace qbench::engine {

/// Scalar settings of a run. Every one is a row of run_option_table(): config key, command-line flag and help.
struct RunSettings {
  std::uint64_t seed = 1;

  // Latency.
  int rounds = 160;
  bool early_stop = true;
  int min_rounds = 10;
  double max_seconds = 120.0;
  double max_block_seconds = 2.0;
  int restart_rounds = 1;
  double margin_percent = 2.0;
  std::string pin = "auto";
  bool latency = true;
  double sustain_s = 0.0;

  // Accuracy.
  bool accuracy = true;
  int jobs = 0;
  int eval_batch = 1;
  bool keep_scores = false;
  double margin_points = 0.5;
  std::string choose;

  // Limits.
  double load_timeout_s = 120.0;
  double request_timeout_s = 60.0;
  int memory_limit_mb = 0;
  int cache_limit_mb = 1024;
  int decode_jobs = 0;
  bool rebatch = true;

  // Workers.
  std::string sandbox = "auto";
  std::string worker_read;
  std::string worker_devices;
  std::string worker_env;
};

[[nodiscard]] std::span<const Option<RunSettings>> run_option_table();

/// Checks what no single row can see. Throws Error(kConfig) on limits that contradict each other, Error(kUsage) on a
/// wrong rule.
void check_settings(const RunSettings& settings);

}  // namespace qbench::engine
