// SPDX-License-Identifier: Apache-2.0
// What the validator is worth: of many structured mutants of sound models that our reader and validator accept, how
// many still kill the process of the real runtime by a signal, or hang it? Goal: none. Exit code 1 when there is one.
//   validator_bench [--mutants 10000] [--seed 1] [--only-given] [--rejected 0] [--keep FOLDER] [MODEL.tflite ...]
// The seeds are small models of our own, one for each op with a rule, and the given files; --only-given takes only
// these. Each accepted mutant runs once in a child process on the built-in kernels and once on XNNPACK. --rejected N
// also runs the first N rejected ones, to show what the validator keeps away.
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include <array>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <new>
#include <random>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "models/validator.h"
#include "runners/tflite_runner.h"
#include "tests/models/op_uses.h"
#include "tests/support/graph_builder.h"
#include "tests/support/model_mutator.h"

namespace qbench {
namespace {

using Bytes = std::vector<std::byte>;
using runners::Kernels;

constexpr rlim_t kCpuSeconds = 10;      ///< CPU time, so that a busy machine makes nothing look hung
constexpr unsigned kWallSeconds = 120;  ///< for a process that waits for ever without using the CPU
constexpr rlim_t kMemoryLimit = rlim_t{4} << 30;
constexpr int kRefused = 1;
constexpr int kOutOfMemory = 2;

struct Options {
  int mutants = 10000;
  std::uint64_t seed = 1;
  int rejected = 0;
  bool only_given = false;
  std::string keep;
  std::vector<std::string> models;
};

struct Seed {
  std::string name;
  Bytes bytes;
  std::vector<testing::Place> places;
};

/// How the child processes ended.
struct Outcomes {
  int ran = 0;
  int refused = 0;
  int out_of_memory = 0;
  int hung = 0;
  std::map<int, int> signals;

  [[nodiscard]] int killed() const {
    int total = 0;
    for (const auto& [signal, count] : signals) {
      total += count;
    }
    return total;
  }
  [[nodiscard]] int lost() const { return killed() + hung; }
};

struct Tally {
  int generated = 0;
  int accepted = 0;
  std::array<int, testing::kPlaceKinds> killed_by_kind{};
  Outcomes builtin;
  Outcomes xnnpack;
  Outcomes rejected_builtin;
  Outcomes rejected_xnnpack;
};

std::vector<Seed> make_seeds(const Options& options) {
  std::vector<Seed> seeds;
  const auto add = [&seeds](std::string name, Bytes bytes) {
    std::vector<testing::Place> places = testing::mutable_places(bytes);
    seeds.push_back({std::move(name), std::move(bytes), std::move(places)});
  };
  if (!options.only_given) {
    add("tiny_float", models::write_tflite(testing::tiny_float_graph()));
    add("tiny_int8", models::write_tflite(testing::tiny_int8_graph()));
    add("tiny_fixed_batch", models::write_tflite(testing::tiny_fixed_batch_graph()));
    for (const models::Use& use : models::make_uses()) {
      add(use.name, models::write_tflite(use.make()));
    }
  }
  for (const std::string& file : options.models) {
    add(std::filesystem::path(file).filename().string(), read_file(file));
  }
  return seeds;
}

bool accepted(const Bytes& bytes) {
  try {
    models::require_valid(models::read_tflite(bytes, "mutant"), "mutant");
    return true;
  } catch (const Error&) {
    return false;
  }
}

/// In the child: loads, runs once, reads the outputs.
int run_model(const Bytes& bytes, Kernels kernels) {
  try {
    const auto runner = runners::tflite_descriptor().make();
    runner->prepare(bytes, {.library = {}, .kernels = kernels, .delegate = {}});
    for (std::size_t i = 0; i < runner->inputs().size(); ++i) {
      runner->set_input(i, Bytes(runner->inputs()[i].byte_size(), std::byte{1}));
    }
    runner->invoke();
    for (std::size_t i = 0; i < runner->outputs().size(); ++i) {
      Bytes output(runner->outputs()[i].byte_size());
      runner->get_output(i, output);
    }
    return 0;
  } catch (const Error& error) {
    return error.code() == ErrorCode::kOutOfMemory ? kOutOfMemory : kRefused;
  } catch (const std::bad_alloc&) {
    return kOutOfMemory;
  }
}

void limit_child() {
  const rlimit memory{kMemoryLimit, kMemoryLimit};
  setrlimit(RLIMIT_AS, &memory);
  const rlimit core{0, 0};
  setrlimit(RLIMIT_CORE, &core);
  const rlimit cpu{kCpuSeconds, kCpuSeconds + 2};
  setrlimit(RLIMIT_CPU, &cpu);
  alarm(kWallSeconds);
  if (std::freopen("/dev/null", "w", stderr) == nullptr) {
    _exit(kRefused);
  }
}

/// True when a signal killed the child or it hung.
bool run_in_child(const Bytes& bytes, Kernels kernels, Outcomes& outcomes) {
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child == 0) {
    limit_child();
    _exit(run_model(bytes, kernels));
  }
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFSIGNALED(status)) {
    const bool hung = WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGALRM;
    if (hung) {
      outcomes.hung += 1;
      return true;
    }
    outcomes.signals[WTERMSIG(status)] += 1;
    return true;
  }
  const int code = WEXITSTATUS(status);
  (code == 0 ? outcomes.ran : code == kOutOfMemory ? outcomes.out_of_memory : outcomes.refused) += 1;
  return false;
}

void run_accepted(const testing::Mutant& mutant, const Seed& seed, const Options& options, Tally& tally) {
  const bool builtin = run_in_child(mutant.bytes, Kernels::kBuiltin, tally.builtin);
  const bool xnnpack = run_in_child(mutant.bytes, Kernels::kXnnpack, tally.xnnpack);
  if (!builtin && !xnnpack) {
    return;
  }
  std::string kinds;
  for (testing::PlaceKind kind : mutant.changed) {
    tally.killed_by_kind[static_cast<std::size_t>(kind)] += 1;
    kinds += fmt::format(" {}", testing::place_name(kind));
  }
  fmt::print("killed or hung on {}: a mutant of {} ({} changed)\n", builtin ? "the built-in kernels" : "XNNPACK",
             seed.name, kinds.substr(1));
  if (!options.keep.empty()) {
    write_file_atomic(std::filesystem::path(options.keep) / fmt::format("{}-{}.tflite", seed.name, tally.generated),
                      mutant.bytes);
  }
}

void print_outcomes(std::string_view title, const Outcomes& outcomes) {
  fmt::print("  {:<28} ran {}, refused with an error {}, out of memory {}, hung {}, killed by a signal {}", title,
             outcomes.ran, outcomes.refused, outcomes.out_of_memory, outcomes.hung, outcomes.killed());
  for (const auto& [signal, count] : outcomes.signals) {
    fmt::print(" ({} x{})", strsignal(signal), count);
  }
  fmt::print("\n");
}

void print_tally(const Tally& tally, const Options& options) {
  fmt::print("{} structured mutants, {} accepted by reader and validator:\n", tally.generated, tally.accepted);
  print_outcomes("accepted, built-in kernels", tally.builtin);
  print_outcomes("accepted, XNNPACK", tally.xnnpack);
  if (options.rejected > 0) {
    print_outcomes("rejected, built-in kernels", tally.rejected_builtin);
    print_outcomes("rejected, XNNPACK", tally.rejected_xnnpack);
  }
  for (std::size_t kind = 0; kind < testing::kPlaceKinds; ++kind) {
    if (tally.killed_by_kind[kind] > 0) {
      fmt::print("  killed after a change of {}: {}\n", testing::place_name(static_cast<testing::PlaceKind>(kind)),
                 tally.killed_by_kind[kind]);
    }
  }
}

/// Without a runtime every mutant would count as refused, and none as killed.
void require_runtime() {
  const runners::Availability here = runners::tflite_descriptor().probe({});
  if (!here.available) {
    throw Error(ErrorCode::kUnsupported, "no mutant can be run here: {}", here.reason);
  }
}

int run(const Options& options) {
  require_runtime();
  const std::vector<Seed> seeds = make_seeds(options);
  if (seeds.empty()) {
    throw Error(ErrorCode::kUsage, "no seed model; name some, or leave out --only-given");
  }
  Tally tally;
  std::mt19937_64 random(options.seed);
  int rejected = 0;
  while (tally.accepted < options.mutants) {
    const Seed& seed = seeds[static_cast<std::size_t>(random() % seeds.size())];
    const testing::Mutant mutant = testing::mutate(seed.bytes, seed.places, random);
    tally.generated += 1;
    if (accepted(mutant.bytes)) {
      tally.accepted += 1;
      run_accepted(mutant, seed, options, tally);
    } else if (rejected < options.rejected) {
      rejected += 1;
      run_in_child(mutant.bytes, Kernels::kBuiltin, tally.rejected_builtin);
      run_in_child(mutant.bytes, Kernels::kXnnpack, tally.rejected_xnnpack);
    }
  }
  print_tally(tally, options);
  return tally.builtin.lost() + tally.xnnpack.lost() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace qbench

int main(int argc, char** argv) {
  qbench::Options options;
  CLI::App app("Structured mutants that the validator accepts, run through the real runtime in child processes");
  app.add_option("--mutants", options.mutants, "Accepted mutants to run");
  app.add_option("--seed", options.seed, "Seed of the mutations");
  app.add_option("--rejected", options.rejected, "Rejected mutants to run too");
  app.add_option("--keep", options.keep, "Folder for mutants that kill");
  app.add_option("models", options.models, "More seed models");
  app.add_flag("--only-given", options.only_given, "Take only the given models as seeds");
  CLI11_PARSE(app, argc, argv);
  try {
    return qbench::run(options);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 2;
  }
}
