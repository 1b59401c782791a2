// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/settings.h"

#include <array>

#include "core/metrics/choose.h"
#include "core/system_tree.h"

namespace qbench::engine {

std::span<const Option<RunSettings>> run_option_table() {
  using S = RunSettings;
  static const auto kTable = std::to_array<Option<S>>({
      {"seed", &S::seed, "seed of the block order and of image sampling"},
      {"rounds", &S::rounds, "most rounds of interleaved timed blocks at each batch size", 1, 100000},
      {"early_stop", &S::early_stop,
       "look after 40 and 80 rounds and stop when every verdict is clear; the error rate is split over the looks"},
      {"min_rounds", &S::min_rounds,
       "rounds that the time limit makes room for by shorter blocks; a cell too slow even so gets those that fit", 1,
       100000},
      {"max_seconds", &S::max_seconds,
       "time limit for the latency of one batch size over all cells, calibration included, in seconds; each cell gets "
       "one round in any case",
       0.1, 1e6},
      {"max_block_seconds", &S::max_block_seconds, "a block is made shorter when it would last longer, in seconds",
       0.001, 3600},
      {"restart_rounds", &S::restart_rounds,
       "start fresh worker processes after this many rounds; 0: never. Above 1 the intervals come out too narrow: the "
       "rounds of one process share its luck with memory",
       0, 1e6},
      {"margin_percent", &S::margin_percent,
       "latency change that still counts as equal, in percent; 1 suits a quiet, pinned host", 0.01, 100},
      {"pin", &S::pin,
       "CPU that latency workers of one thread stay on: auto (the fastest allowed one), none, or its number"},
      {"latency", &S::latency, "measure latency"},
      {"sustain_s", &S::sustain_s, "run each cell alone at batch 1 for this long, in seconds; 0: not at all", 0,
       604800},
      {"accuracy", &S::accuracy, "measure accuracy"},
      {"jobs", &S::jobs, "worker processes that evaluate one cell; 0: one per CPU that may be used", 0, 1024},
      {"eval_batch", &S::eval_batch, "batch size of the accuracy evaluation", 1, 1024},
      {"keep_scores", &S::keep_scores, "keep every output score (<cell>.scores.f32)"},
      {"margin_points", &S::margin_points, "accuracy drop that still counts as equal, in percentage points", 0, 100},
      {"choose", &S::choose,
       "name the variant that a rule picks: conditions and one aim, as in 'drop<=0.5pp, size<=1MB, min latency'"},
      {"load_timeout_s", &S::load_timeout_s, "deadline for loading a model and its first inference, in seconds", 0.1,
       86400},
      {"request_timeout_s", &S::request_timeout_s, "deadline for any other answer of a worker, in seconds", 0.1, 86400},
      {"memory_limit_mb", &S::memory_limit_mb,
       "memory that one worker may allocate, in MiB; 0: three quarters of what is available at the start", 0, 1e9},
      {"cache_limit_mb", &S::cache_limit_mb, "decoded images kept on disk at a time, in MiB; a larger set is streamed",
       1, 1e9},
      {"decode_jobs", &S::decode_jobs, "threads that decode images; 0: one per CPU that may be used", 0, 1024},
      {"rebatch", &S::rebatch, "repair a constant batch in RESHAPE shapes in memory when a model refuses a batch"},
      {"sandbox", &S::sandbox,
       "keep runtime libraries and delegates from files, network and other processes: auto (all that the kernel knows) "
       "or off"},
      {"worker_read", &S::worker_read, "further files and folders that workers may read, separated by ':'"},
      {"worker_devices", &S::worker_devices,
       "device nodes that a delegate needs besides those known by its name, separated by ':'"},
      {"worker_env", &S::worker_env, "names of environment variables that workers get, separated by ','"},
  });
  return kTable;
}

void check_settings(const RunSettings& settings) {
  for (const Option<RunSettings>& option : run_option_table()) check_option(option, settings, "settings");
  if (settings.min_rounds > settings.rounds) {
    throw Error(ErrorCode::kConfig, "settings: min_rounds {} is above rounds {}; lower the first or raise the second",
                settings.min_rounds, settings.rounds);
  }
  const bool is_cpu = parse_integer(settings.pin).value_or(-1) >= 0;
  if (settings.pin != "auto" && settings.pin != "none" && !is_cpu) {
    throw Error(ErrorCode::kConfig, "settings: 'pin' is '{}'; it must be auto, none or the number of a CPU",
                settings.pin);
  }
  if (settings.sandbox != "auto" && settings.sandbox != "off") {
    throw Error(ErrorCode::kConfig, "settings: 'sandbox' is '{}'; it must be auto or off", settings.sandbox);
  }
  if (!settings.choose.empty()) (void)metrics::parse_choice(settings.choose);  // a wrong rule is refused before hours
  if (!settings.latency && !settings.accuracy && settings.sustain_s <= 0.0) {
    throw Error(ErrorCode::kConfig, "settings: latency and accuracy are both off; nothing would be measured");
  }
}

}  // namespace qbench::engine
