// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/accelerator_record.h"
#include "core/record.h"
#include "harness/engine/plan.h"
#include "runners/accelerators/probe.h"

namespace qbench::engine {

/// Looks which accelerators are there; `library` is the delegate's, which knows its devices. Never throws.
using AcceleratorProbe = std::function<runners::ProbeReport(const std::string& library)>;

/// The accelerator family that a delegate library drives, by the library's file name: "coral" for libedgetpu; "" when
/// no probe knows its devices.
[[nodiscard]] std::string accelerator_family(const runners::DelegateOptions& delegate);

/// Watches the accelerator behind the delegate of one lane or evaluation: probed before the delegate is made, so that
/// the reason of a failure can be named, and again at the end or at a failure. Cells without such a delegate are left
/// alone. Main thread only, never inside the clock.
class AcceleratorWatch {
 public:
  /// An empty probe watches nothing. A device that resets is away for a moment: only one that stays away for `patience`
  /// is gone.
  AcceleratorWatch(const CellPlan& cell, AcceleratorProbe probe,
                   std::chrono::milliseconds patience = std::chrono::seconds(2));

  void look_before();
  /// The last look counts, but a device that was lost stays lost. Without look_before() nothing happens.
  void look_after();
  /// Looks again and puts the cause before the reason of a failure. A device that was there before and is gone makes
  /// the outcome "crashed: accelerator lost", whatever the runtime said. Cancelled outcomes stay.
  void explain(Outcome& outcome);

  [[nodiscard]] const std::optional<AcceleratorRecord>& record() const noexcept { return record_; }

 private:
  [[nodiscard]] const runners::AcceleratorReport* choose(const runners::ProbeReport& report) const;
  [[nodiscard]] const runners::AcceleratorReport* find_again(const runners::ProbeReport& report) const;
  [[nodiscard]] std::optional<AcceleratorLook> look_again() const;

  std::string family_;
  std::string library_;
  std::string device_;  // the delegate's option "device"
  AcceleratorProbe probe_;
  std::chrono::milliseconds patience_;
  int seen_before_ = 0;  // devices of the family
  std::optional<AcceleratorRecord> record_;
};

}  // namespace qbench::engine
