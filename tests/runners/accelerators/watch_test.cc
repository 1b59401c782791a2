// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "runners/accelerators/probe_on_bus.h"
#include "tests/runners/accelerators/usb_fixture.h"

namespace qbench::runners {
namespace {

using qbench::testing::kReadyCoral;
using qbench::testing::kWaitingCoral;
using qbench::testing::UsbMachine;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// Watches a machine while one step after the other happens to it; the events come back as short texts.
class WatchTest : public ::testing::Test {
 protected:
  std::vector<std::string> watch(std::vector<std::function<void()>> steps) {
    std::size_t next = 0;
    machine.bus.on_wait = [&] {
      if (next < steps.size()) steps[next]();
      ++next;
    };
    std::vector<std::string> events;
    watch_accelerators_on(
        {.root = machine.tree.root()}, &machine.bus,
        [&](const WatchEvent& event) {
          const nlohmann::json json = to_json(event);
          events.push_back(json["event"].get<std::string>() + " " + event.accelerator.id + " " +
                           json["accelerator"]["state"].get<std::string>());
        },
        [&] { return next > steps.size(); });
    return events;
  }
  UsbMachine machine;
};

TEST_F(WatchTest, QuietMachineGivesNoEvent) {
  EXPECT_THAT(watch({[] {}, [] {}}), IsEmpty());
}

TEST_F(WatchTest, WhatIsPresentArrivesFirst) {
  machine.plug(kReadyCoral);
  EXPECT_THAT(watch({}), ElementsAre("arrived 18d1:9302 ready"));
  EXPECT_EQ(machine.bus.open_connections, 0);
}

TEST_F(WatchTest, PluggingAndPullingAreSeen) {
  EXPECT_THAT(watch({[&] { machine.plug(kReadyCoral); }, [] {}, [&] { machine.pull(kReadyCoral); }, [] {}}),
              ElementsAre("arrived 18d1:9302 ready", "left 18d1:9302 ready"));
}

TEST_F(WatchTest, FirmwareOnTheSamePortIsOneChange) {
  machine.plug(kWaitingCoral);
  EXPECT_THAT(watch({[&] {
                machine.pull(kWaitingCoral);
                machine.plug(kReadyCoral);
              }}),
              ElementsAre("arrived 1a6e:089a uninitialised", "changed 18d1:9302 ready"));
}

TEST_F(WatchTest, ComingBackOnAnotherBusIsLeavingAndArriving) {
  machine.plug(kWaitingCoral);
  EXPECT_THAT(
      watch({[&] {
        machine.pull(kWaitingCoral);
        machine.plug({.bus = 1, .port = "3", .number = 9, .speed = "480"});
      }}),
      ElementsAre("arrived 1a6e:089a uninitialised", "left 1a6e:089a uninitialised", "arrived 18d1:9302 ready"));
}

TEST_F(WatchTest, DeviceThatBecomesBusyIsAChange) {
  machine.plug(kReadyCoral);
  EXPECT_THAT(watch({[&] { machine.bind(kReadyCoral, "usbfs"); }}),
              ElementsAre("arrived 18d1:9302 ready", "changed 18d1:9302 busy"));
}

TEST_F(WatchTest, DevicesAreNotOpenedAgainWhileNothingChanges) {
  machine.plug(kReadyCoral);
  static_cast<void>(watch({[] {}, [] {}, [] {}, [] {}}));
  EXPECT_EQ(machine.bus.opens, 1);
}

TEST_F(WatchTest, OtherDevicesAreNoNews) {
  EXPECT_THAT(watch({[&] { machine.plug({.port = "5", .number = 9, .vendor = "046d", .product = "c52b"}); }}),
              IsEmpty());
}

TEST_F(WatchTest, WithoutALibraryChangesAreFoundByLooking) {
  machine.plug(kReadyCoral);
  int asked = 0;
  std::vector<std::string> events;
  watch_accelerators(
      {.root = machine.tree.root()}, [&](const WatchEvent& event) { events.push_back(event.accelerator.id); },
      [&] {
        if (++asked == 2) machine.plug({.port = "2", .number = 7, .vendor = "1a6e", .product = "089a"});
        return asked > 3;
      });
  EXPECT_THAT(events, ElementsAre("18d1:9302", "1a6e:089a"));
}

TEST_F(WatchTest, ExceptionOfTheListenerEndsTheWatch) {
  machine.plug(kReadyCoral);
  EXPECT_THROW(watch_accelerators_on(
                   {.root = machine.tree.root()}, &machine.bus,
                   [](const WatchEvent&) { throw std::runtime_error("enough"); }, [] { return false; }),
               std::runtime_error);
}

}  // namespace
}  // namespace qbench::runners
