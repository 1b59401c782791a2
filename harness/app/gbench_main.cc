// SPDX-License-Identifier: Apache-2.0
// qbench-gbench: every model x batch as a benchmark of Google Benchmark, so that its filters, repetitions, perf
// counters, interleaving and compare.py work. One process for all: no isolation, no verdict; that is
// `qbench run`. A runtime that hangs ends the program. Links no image libraries, like qbench-worker.
#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <new>
#include <optional>
#include <set>
#include <string>

#include "core/error.h"
#include "core/files.h"
#include "core/print.h"
#include "core/scratch_folder.h"
#include "core/standard_streams.h"
#include "harness/app/gbench_cell.h"
#include "harness/app/gbench_watchdog.h"
#include "harness/app/limit_flags.h"
#include "harness/app/program_exit.h"
#include "harness/app/run_flags.h"
#include "harness/engine/load_failure.h"
#include "harness/engine/process_memory.h"
#include "version.h"

namespace qbench::app {
namespace {

constexpr char kDescription[] =
    "qbench-gbench times every model x batch as a benchmark of Google Benchmark, in this process, on noise.";
constexpr char kFooter[] =
    "Flags of Google Benchmark are passed on, e.g. --benchmark_filter=REGEX, --benchmark_list_tests=true,\n"
    "--benchmark_min_time=SECONDS, --benchmark_repetitions=N, --benchmark_enable_random_interleaving=true,\n"
    "--benchmark_perf_counters=CYCLES,INSTRUCTIONS, --benchmark_format=json, --benchmark_out=FILE.\n"
    "Example: qbench-gbench -m fp32.tflite -m int8.tflite --batch 1,64 --benchmark_repetitions=5\n"
    "Exit codes: 0 done, 1 a benchmark failed, 2 usage, config or model.";
constexpr int kWarmUpInvokes = 64;
constexpr std::chrono::milliseconds kWarmUpTime{100};

/// A model file after our own reader has looked at it.
struct CheckedModel {
  engine::ModelFacts facts;
  std::filesystem::path file;  ///< to be loaded: the model, or what repairs made of it
  Outcome outcome;             ///< not ok: unsupported
};

/// What all benchmarks share.
struct Session {
  engine::Plan plan;
  std::map<std::string, CheckedModel> models;  ///< by model file
  std::optional<ScratchFolder> scratch{};      ///< of repaired models
  std::set<std::string> said;                  ///< assumptions
  bool failed = false;
};

/// Our own reader looks at every file before a runtime does.
void check_models(Session& session) {
  for (const engine::CellPlan& cell : session.plan.cells) {
    const auto [found, is_new] = session.models.try_emplace(cell.model.string());
    if (!is_new) continue;
    CheckedModel& checked = found->second;
    ModelRecord record;
    checked.outcome = engine::check_model(cell.model, checked.facts, record);
    if (checked.outcome.status == Status::kError) throw Error(ErrorCode::kModel, checked.outcome.reason);
    checked.file = cell.model;
    for (const std::string& line : checked.facts.repairs) {
      print_text(stderr, "qbench-gbench: {}: repaired: {}\n", cell.model.filename().string(), line);
    }
    if (checked.facts.repaired.empty()) continue;
    if (!session.scratch) session.scratch.emplace();  // Ctrl-C leaves nothing behind where nothing is repaired
    checked.file = session.scratch->path() / fmt::format("{}.tflite", session.models.size());
    write_file_atomic(checked.file, checked.facts.repaired);
    checked.facts.repaired = {};
  }
}

/// One benchmark: its interpreter is made when it first runs and lives on, because repetitions may be interleaved.
class CellBenchmark {
 public:
  CellBenchmark(Session& session, const engine::CellPlan& plan, int batch)
      : session_(session), plan_(plan), batch_(batch) {}

  void run(benchmark::State& state) {
    try {
      const engine::RunSettings& settings = session_.plan.settings;
      Watchdog::expect(plan_.variant + ": loading and the first inferences", settings.load_timeout_s);
      if (!cell_) {
        cell_ = loaded();
        say_assumptions();
      }
      warm_up();
      Watchdog::expect(plan_.variant, settings.request_timeout_s);
      measure(state);
      Watchdog::rest();
    } catch (const Error& error) {
      Watchdog::rest();
      session_.failed = session_.failed || error.code() != ErrorCode::kUnsupported;  // unsupported is a result
      state.SkipWithError(error.what());
    }
  }

 private:
  [[nodiscard]] std::unique_ptr<GbenchCell> loaded() const {
    const CheckedModel& model = session_.models.at(plan_.model.string());
    if (!model.outcome.ok()) throw Error(ErrorCode::kUnsupported, model.outcome.reason);
    try {
      return std::make_unique<GbenchCell>(plan_, model.file, model.facts, batch_, session_.plan.settings.rebatch);
    } catch (const Error& error) {
      throw engine::explained(error, model.facts, plan_);
    }
  }

  /// Once for all batches of a model.
  void say_assumptions() {
    for (const std::string& assumption : cell_->assumptions()) {
      const std::string line = plan_.variant + ": assumed: " + assumption;
      if (session_.said.insert(line).second) print_text(stderr, "qbench-gbench: {}\n", line);
    }
  }

  /// The same as what a block of `qbench run` drops at most.
  void warm_up() {
    const auto end = std::chrono::steady_clock::now() + kWarmUpTime;
    for (int i = 0; i < kWarmUpInvokes && std::chrono::steady_clock::now() < end; ++i) {
      cell_->feed();
      cell_->invoke();
      Watchdog::beat();
    }
  }

  void measure(benchmark::State& state) {
    std::chrono::nanoseconds own_clock{0};
    for ([[maybe_unused]] auto iteration : state) {
      for (int single = 0; single < cell_->singles(); ++single) {
        state.PauseTiming();
        cell_->feed();
        state.ResumeTiming();
        const auto start = std::chrono::steady_clock::now();
        cell_->invoke();
        own_clock += std::chrono::steady_clock::now() - start;
        Watchdog::beat();
      }
    }
    // As `qbench run` times an invoke: CLOCK_MONOTONIC right before and after it.
    state.counters["invoke_ns"] =
        benchmark::Counter(static_cast<double>(own_clock.count()), benchmark::Counter::kAvgIterations);
    state.SetItemsProcessed(state.iterations() * batch_);
    state.counters["model_threads"] = plan_.options.threads;
    state.counters["model_bytes"] = static_cast<double>(std::filesystem::file_size(plan_.model));
    state.SetLabel(printable(cell_->label()));
  }

  Session& session_;
  const engine::CellPlan& plan_;
  int batch_;
  std::unique_ptr<GbenchCell> cell_;
};

/// As in the reports: the variant's name where it tells the cells apart.
std::string label_of(const engine::Plan& plan, const engine::CellPlan& cell) {
  const auto same = std::count_if(plan.cells.begin(), plan.cells.end(),
                                  [&cell](const engine::CellPlan& other) { return other.variant == cell.variant; });
  return same == 1 ? cell.variant : cell.id;
}

void register_benchmarks(Session& session) {
  for (const engine::CellPlan& cell : session.plan.cells) {
    for (int batch : session.plan.batches) {
      auto own = std::make_shared<CellBenchmark>(session, cell, batch);
      const std::string name = fmt::format("{}/batch:{}", printable(label_of(session.plan, cell)), batch);
      benchmark::RegisterBenchmark(name.c_str(), [own](benchmark::State& state) { own->run(state); })
          ->MeasureProcessCPUTime()
          ->UseRealTime();
    }
  }
}

/// Hands Google Benchmark its own flags. Throws Error(kUsage) for one that neither program knows.
/// `program` is kept by Google Benchmark.
void initialize_benchmark(char* program, std::vector<std::string> flags) {
  std::vector<char*> argv{program};
  for (std::string& flag : flags) argv.push_back(flag.data());
  auto argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&argc, argv.data());
  if (argc > 1) throw Error(ErrorCode::kUsage, "there is no flag '{}'; see --help", argv[1]);
}

/// Where a limit is asked for: the process holds its own libraries, too.
void limit_own_memory(int megabytes) {
  const auto bytes = static_cast<rlim_t>(engine::memory_limit_bytes(megabytes));
  const rlimit limit{bytes, bytes};
  if (megabytes > 0 && bytes > 0) ::setrlimit(RLIMIT_DATA, &limit);
}

int run(int argc, char** argv) {
  CLI::App app(kDescription, "qbench-gbench");
  RunFlags flags;
  app.set_version_flag("--version", fmt::format("qbench-gbench {} ({})", kVersion, kGitCommit));
  app.add_option("config", flags.config, "Plan as for 'qbench run'; its dataset is not used");
  add_cell_flags(app, flags);
  LimitFlags limits;
  add_limit_flags(app, limits);
  app.allow_extras();
  app.footer(kFooter);
  app.failure_message([](const CLI::App*, const CLI::Error& error) {
    return fmt::format("qbench-gbench: {}; see --help\n", error.what());
  });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked_for_help = error.get_exit_code() == 0;
    app.exit(error);
    return static_cast<int>(asked_for_help ? ExitCode::kDone : ExitCode::kUsage);
  }
  initialize_benchmark(argv[0], app.remaining());
  Session session{.plan = plan_from_flags(flags)};
  apply_limits(limits, session.plan.settings);
  engine::name_cells(session.plan);
  check_plan(session.plan);
  check_models(session);
  limit_own_memory(session.plan.settings.memory_limit_mb);
  const Watchdog watchdog;
  benchmark::AddCustomContext("qbench_version", kVersion);
  register_benchmarks(session);
  const std::size_t matched = benchmark::RunSpecifiedBenchmarks();
  if (matched == 0) throw Error(ErrorCode::kUsage, "no benchmark has a name that fits the filter");
  return static_cast<int>(session.failed ? ExitCode::kCellFailed : ExitCode::kDone);
}

}  // namespace
}  // namespace qbench::app

int main(int argc, char** argv) {
  qbench::open_standard_streams();
  qbench::survive_lost_readers();
  try {
    return qbench::app::run(argc, argv);
  } catch (const qbench::Error& error) {
    qbench::print_text(stderr, "qbench-gbench: {}\n", error.what());
    return static_cast<int>(qbench::app::program_exit(error.code()));
  } catch (const std::bad_alloc&) {
    qbench::print_text(stderr, "qbench-gbench: out of memory\n");
  } catch (const std::exception& error) {
    qbench::print_text(stderr, "qbench-gbench: {}\n", error.what());
  }
  return static_cast<int>(qbench::ExitCode::kUsage);
}
