// SPDX-License-Identifier: Apache-2.0
#include "tests/support/nightly_replay.h"

#include <algorithm>

#include "core/metrics/random.h"
#include "reports/history/check.h"
#include "tests/support/night_record.h"
#include "tests/support/paths.h"

namespace qbench::testing {
namespace {

namespace history = reports::history;

constexpr std::int64_t kDay = 24 * 3600;

class Replay {
 public:
  explicit Replay(const ReplayPlan& plan) : plan_(plan), random_(plan.seed) {}

  ReplayResult run() {
    result_.steps = static_cast<std::size_t>(plan_.slower_models);
    for (int night = 0; night < plan_.nights; ++night) {
      (void)store_.add(run_of(night, 0), {.mode = history::NightMode::kNight});
      history::CheckReport report = history::check_history(store_);
      if (report.state() == history::CheckState::kConfirmNeeded) {
        ++result_.second_runs;
        (void)store_.add(run_of(night, 1800), {.mode = history::NightMode::kConfirm});
        report = history::check_history(store_);
      }
      for (const history::SeriesFinding& finding : report.series) count(night, finding);
    }
    return result_;
  }

 private:
  /// One run with all models; those that became slower are a second record that is put behind the first one.
  reports::StoredRun run_of(int night, std::int64_t later) {
    NightPlan plan = weather();
    plan.created += night * kDay + later;
    plan.machine = night >= plan_.machine_night ? 0.8 : 1.0;
    plan.models = plan_.models;
    reports::StoredRun run = night_run(plan);
    if (night < plan_.step_night) return run;
    plan.slower = plan_.step;
    plan.models = plan_.slower_models;
    const Record slower = night_record(plan);
    std::ranges::copy(slower.cells, run.record.cells.begin());
    return run;
  }

  NightPlan weather() {
    NightPlan plan;
    plan.seed = random_.below(~std::uint64_t{0});
    plan.rounds = 20;
    const bool quiet = random_.unit() < 0.7;
    plan.noise = quiet ? 0.004 : 0.01;
    plan.busy = quiet ? 0.02 : 0.25;
    plan.between = quiet ? 0.0005 : 0.0015;
    if (random_.below(30) == 0) plan.between = 0.015;
    return plan;
  }

  void count(int night, const history::SeriesFinding& finding) {
    const int model = finding.series.key.variant.back() - '0';
    const bool slower = model < plan_.slower_models && night >= plan_.step_night;
    if (!slower) {
      ++result_.sound_nights;
      result_.false_alarms += finding.alarm() ? 1 : 0;
      return;
    }
    if (finding.alarm() && !found_[model]) {
      found_[model] = true;
      result_.found_at_once += night == plan_.step_night ? 1 : 0;
      result_.found_in_two += night <= plan_.step_night + 1 ? 1 : 0;
    }
    if (night + 1 == plan_.nights && finding.changed_in) {
      const NightPlan first;
      result_.attributed += finding.changed_in->created == first.created + plan_.step_night * kDay ? 1 : 0;
    }
  }

  const ReplayPlan& plan_;
  metrics::Random random_;
  TemporaryFolder folder_;
  history::Store store_{folder_.path() / "history.db", history::OpenMode::kWrite};
  ReplayResult result_;
  bool found_[10] = {};
};

}  // namespace

ReplayResult replay_nights(const ReplayPlan& plan) { return Replay(plan).run(); }

}  // namespace qbench::testing
