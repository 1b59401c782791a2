// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/accelerator_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace qbench::engine {
namespace {

using namespace std::chrono_literals;
using runners::AcceleratorReport;
using runners::DeviceState;
using ::testing::HasSubstr;

AcceleratorReport stick(const std::string& port, DeviceState state = DeviceState::kReady) {
  AcceleratorReport report;
  report.family = "coral";
  report.name = "Coral USB Accelerator";
  report.bus = "usb";
  report.state = state;
  report.cause = state == DeviceState::kReady ? "" : "may not open it";
  report.fix = state == DeviceState::kReady ? "" : "add a udev rule";
  report.id = "18d1:9302";
  report.port = port;
  report.speed_mbps = 5000.0;
  return report;
}

Outcome failure(Status status = Status::kCrashed) {
  return {.status = status, .reason = "signal 6 (ABRT, Aborted)", .stage = "block"};
}

class AcceleratorWatchTest : public ::testing::Test {
 protected:
  AcceleratorWatchTest() {
    cell_.options.delegate.library = "/opt/libedgetpu.so.1";
    present_.usb_available = true;
  }
  AcceleratorWatch watch() {
    return AcceleratorWatch(
        cell_,
        [this](const std::string& library) {
          ++probes_;
          asked_for_ = library;
          return present_;
        },
        0ms);
  }

  CellPlan cell_;
  runners::ProbeReport present_;
  int probes_ = 0;
  std::string asked_for_;
};

TEST_F(AcceleratorWatchTest, OnlyEdgeTpuLibrariesHaveAFamily) {
  EXPECT_EQ(accelerator_family({.library = "libedgetpu.so.1"}), "coral");
  EXPECT_EQ(accelerator_family({.library = "/a/edgetpu/libother.so"}), "");
  EXPECT_EQ(accelerator_family({}), "");
}

TEST_F(AcceleratorWatchTest, CellWithoutAKnownDelegateIsLeftAlone) {
  cell_.options.delegate.library = "libgpu_delegate.so";
  AcceleratorWatch watched = watch();
  watched.look_before();
  watched.look_after();
  Outcome outcome = failure();
  watched.explain(outcome);
  EXPECT_EQ(probes_, 0);
  EXPECT_EQ(watched.record(), std::nullopt);
  EXPECT_EQ(outcome.reason, failure().reason);
}

TEST_F(AcceleratorWatchTest, KeepsIdAndSpeedBeforeAndAfter) {
  present_.accelerators = {stick("2-1", DeviceState::kUninitialised)};
  present_.accelerators[0].id = "1a6e:089a";
  present_.runtimes = {{.name = "libedgetpu", .family = "coral", .loaded = true, .version = "14", .sha256 = "ab"}};
  AcceleratorWatch watched = watch();
  watched.look_before();
  present_.accelerators = {stick("1-3")};  // back on the other bus of the same socket
  present_.accelerators[0].speed_mbps = 480.0;
  watched.look_after();
  ASSERT_TRUE(watched.record() && watched.record()->before && watched.record()->after);
  EXPECT_EQ(asked_for_, "/opt/libedgetpu.so.1");
  EXPECT_EQ(*watched.record()->before, (AcceleratorLook{"uninitialised", "1a6e:089a", "2-1", 5000.0}));
  EXPECT_EQ(*watched.record()->after, (AcceleratorLook{"ready", "18d1:9302", "1-3", 480.0}));
  EXPECT_EQ(watched.record()->runtime, "14");
  EXPECT_FALSE(watched.record()->lost);
  EXPECT_EQ(watched.record()->problem, "");
}

TEST_F(AcceleratorWatchTest, ADeviceThatIsGoneMakesAnyFailureACrash) {
  for (const Status status : {Status::kCrashed, Status::kError, Status::kTimeout}) {
    present_.accelerators = {stick("2-1")};
    AcceleratorWatch watched = watch();
    watched.look_before();
    present_.accelerators = {stick("2-1", DeviceState::kVanished)};
    Outcome outcome = failure(status);
    watched.explain(outcome);
    EXPECT_EQ(outcome.status, Status::kCrashed);
    EXPECT_THAT(outcome.reason, ::testing::StartsWith("accelerator lost: Coral USB Accelerator was at 2-1"));
    EXPECT_THAT(outcome.reason, HasSubstr("signal 6"));
    EXPECT_TRUE(watched.record()->lost);
  }
}

TEST_F(AcceleratorWatchTest, TheOtherStickIsNotTheLostOne) {
  present_.accelerators = {stick("2-1"), stick("2-2")};
  present_.accelerators[0].device_option = "usb:0";
  present_.accelerators[1].device_option = "usb:1";
  cell_.options.delegate.options["device"] = "usb:1";
  AcceleratorWatch watched = watch();
  watched.look_before();
  EXPECT_EQ(watched.record()->before->port, "2-2");
  present_.accelerators.pop_back();
  Outcome outcome = failure();
  watched.explain(outcome);
  EXPECT_TRUE(watched.record()->lost);
}

TEST_F(AcceleratorWatchTest, AFailureWithoutADeviceNamesTheCause) {
  AcceleratorWatch watched = watch();
  watched.look_before();
  Outcome outcome = failure(Status::kError);
  watched.explain(outcome);
  EXPECT_EQ(outcome.status, Status::kError);
  EXPECT_THAT(outcome.reason, ::testing::StartsWith("no coral accelerator on USB or PCIe"));
  EXPECT_FALSE(watched.record()->lost);
}

TEST_F(AcceleratorWatchTest, AFailureWithoutRightsNamesTheRule) {
  present_.accelerators = {stick("2-1", DeviceState::kNoPermission)};
  AcceleratorWatch watched = watch();
  watched.look_before();
  Outcome outcome = failure(Status::kError);
  watched.explain(outcome);
  EXPECT_THAT(outcome.reason, HasSubstr("no-permission"));
  EXPECT_THAT(outcome.reason, HasSubstr("add a udev rule"));
}

TEST_F(AcceleratorWatchTest, AFailureOfAHealthyDeviceKeepsItsReason) {
  present_.accelerators = {stick("2-1")};
  AcceleratorWatch watched = watch();
  watched.look_before();
  Outcome outcome = failure();
  watched.explain(outcome);
  EXPECT_EQ(outcome.reason, failure().reason);
  EXPECT_TRUE(watched.record()->after);
}

TEST_F(AcceleratorWatchTest, GoodAndCancelledOutcomesStay) {
  AcceleratorWatch watched = watch();
  watched.look_before();
  Outcome good;
  watched.explain(good);
  EXPECT_TRUE(good.ok());
  Outcome cancelled = failure(Status::kCancelled);
  watched.explain(cancelled);
  EXPECT_EQ(cancelled.reason, failure().reason);
}

TEST_F(AcceleratorWatchTest, ADeviceThatResetsIsWaitedFor) {
  present_.accelerators = {stick("2-1")};
  int looks = 0;
  AcceleratorWatch watched(
      cell_,
      [&](const std::string&) {
        runners::ProbeReport report = present_;
        if (++looks == 2) report.accelerators.clear();
        return report;
      },
      10s);
  watched.look_before();
  Outcome outcome = failure();
  watched.explain(outcome);
  EXPECT_EQ(looks, 3);
  EXPECT_FALSE(watched.record()->lost);
}

}  // namespace
}  // namespace qbench::engine
