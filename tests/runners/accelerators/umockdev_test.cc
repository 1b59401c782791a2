// SPDX-License-Identifier: Apache-2.0
// The whole probe, through the real libusb, on USB devices that umockdev plays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <map>

#include "runners/accelerators/libusb_bus.h"
#include "runners/accelerators/probe.h"
#include "runners/accelerators/usb_probe.h"
#include "tests/runners/accelerators/mock_usb_machine.h"
#include "tests/support/paths.h"

namespace qbench::runners {
namespace {

using namespace std::chrono_literals;
using qbench::testing::MockUsbMachine;
using qbench::testing::UsbDescription;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const UsbDescription kReady{};
const UsbDescription kWaiting{.number = 5, .vendor = 0x1a6e, .product = 0x089a};
const UsbDescription kReadyOnUsb2{.bus = 1, .port = "3", .number = 9, .speed_mbps = 480};

/// Takes root's right to ignore file modes away from this thread, which every other user lacks anyway.
class WithoutRootsRights {
 public:
  WithoutRootsRights() {
    get(saved_);
    __user_cap_data_struct reduced[2] = {saved_[0], saved_[1]};
    reduced[0].effective &= ~((1U << CAP_DAC_OVERRIDE) | (1U << CAP_DAC_READ_SEARCH));
    set(reduced);
  }
  ~WithoutRootsRights() { set(saved_); }
  WithoutRootsRights(const WithoutRootsRights&) = delete;
  WithoutRootsRights& operator=(const WithoutRootsRights&) = delete;

 private:
  static void get(__user_cap_data_struct* data) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    ASSERT_EQ(::syscall(SYS_capget, &header, data), 0);
  }
  static void set(const __user_cap_data_struct* data) {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    ASSERT_EQ(::syscall(SYS_capset, &header, data), 0);
  }
  __user_cap_data_struct saved_[2] = {};
};

class UmockdevTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!qbench::testing::under_umockdev()) GTEST_SKIP() << "umockdev-wrapper is not installed";
    machine = std::make_unique<MockUsbMachine>();
  }
  void TearDown() override { ::unsetenv("STAND_IN_EDGETPU"); }

  static ProbeOptions options(bool claim = false) {
    ProbeOptions result;
    result.edgetpu_library = STAND_IN_EDGETPU_FILE;
    result.claim = claim;
    return result;
  }
  static AcceleratorReport probe_one(bool claim = false) {
    const ProbeReport report = probe_accelerators(options(claim));
    EXPECT_EQ(report.accelerators.size(), 1U);
    return report.accelerators.empty() ? AcceleratorReport{} : report.accelerators.front();
  }

  std::unique_ptr<MockUsbMachine> machine;
};

TEST_F(UmockdevTest, HubsAloneAreNoAccelerators) {
  const ProbeReport report = probe_accelerators(options());
  EXPECT_TRUE(report.usb_available);
  EXPECT_TRUE(report.hotplug);
  EXPECT_THAT(report.accelerators, IsEmpty());
}

TEST_F(UmockdevTest, ReadyStickIsOpenedAndAnswers) {
  machine->plug(kReady, true);
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kReady) << report.cause;
  EXPECT_EQ(report.open, "ok");
  EXPECT_EQ(report.claim, "ok");
  EXPECT_EQ(report.answer, "ok");
  EXPECT_EQ(report.speed_ok, true);
  EXPECT_EQ(report.device_option, "usb:0");
}

TEST_F(UmockdevTest, StickBeforeItsFirmwareIsUninitialised) {
  machine->plug(kWaiting);
  EXPECT_EQ(probe_one().state, DeviceState::kUninitialised);
}

TEST_F(UmockdevTest, TwoSticksAreOrderedByPortAndTheirOptionsDiffer) {
  machine->plug({.port = "2", .number = 7});
  machine->plug(kReady);
  const auto accelerators = probe_accelerators(options()).accelerators;
  ASSERT_EQ(accelerators.size(), 2U);
  EXPECT_EQ(accelerators[0].port, "2-1");
  EXPECT_EQ(accelerators[0].device_option, "usb:0");
  EXPECT_EQ(accelerators[1].device_option, "usb:1");
}

TEST_F(UmockdevTest, StickBehindAUsb2HubIsSlowBecauseOfTheHub) {
  machine->plug(
      {.bus = 1, .port = "3", .number = 2, .vendor = 0x0bda, .product = 0x5411, .speed_mbps = 480, .is_hub = true});
  machine->plug({.bus = 1, .port = "3.2", .number = 7, .speed_mbps = 480});
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kReady);
  EXPECT_EQ(report.speed_ok, false);
  EXPECT_THAT(report.warnings, ElementsAre(HasSubstr("hub 1-3")));
}

TEST_F(UmockdevTest, DeviceWithoutANodeIsNoNode) {
  machine->plug({.with_node = false});
  const AcceleratorReport report = probe_one();
  EXPECT_EQ(report.state, DeviceState::kNoNode);
  EXPECT_EQ(report.open, "LIBUSB_ERROR_NO_DEVICE");
}

TEST_F(UmockdevTest, NodeWithoutRightsIsNoPermission) {
  machine->plug(kReady);
  for (const mode_t mode : {0000U, 0444U}) {
    ASSERT_EQ(::chmod(machine->real_path(kReady.node()).c_str(), mode), 0);
    const WithoutRootsRights reduced;
    const AcceleratorReport report = probe_one();
    EXPECT_EQ(report.state, DeviceState::kNoPermission) << mode;
    EXPECT_EQ(report.open, "LIBUSB_ERROR_ACCESS");
    EXPECT_THAT(report.fix, HasSubstr("udev/rules.d"));
  }
}

TEST_F(UmockdevTest, InterfaceHeldThroughUsbfsIsBusy) {
  machine->plug({.interface_driver = "usbfs"});
  EXPECT_EQ(probe_one().state, DeviceState::kBusy);
}

TEST_F(UmockdevTest, RefusedClaimIsBusy) {
  machine->faults.claim_is_busy = true;
  machine->plug(kReady, true);
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kBusy);
  EXPECT_EQ(report.claim, "LIBUSB_ERROR_BUSY");
}

TEST_F(UmockdevTest, KernelDriverIsFoundByTheLibraryToo) {
  machine->faults.kernel_driver = "cdc_acm";
  machine->plug(kReady, true);
  EXPECT_EQ(probe_one().state, DeviceState::kKernelDriver);
}

TEST_F(UmockdevTest, DeviceThatStallsIsAnError) {
  machine->faults.requests_stall = true;
  machine->plug(kReady, true);
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kError);
  EXPECT_EQ(report.answer, "LIBUSB_ERROR_PIPE");
}

TEST_F(UmockdevTest, StickPulledWhileOpenHasVanished) {
  machine->faults.on_claim = [this] { machine->pull(kReady); };
  machine->plug(kReady, true);
  const AcceleratorReport report = probe_one(true);
  EXPECT_EQ(report.state, DeviceState::kVanished);
  EXPECT_EQ(report.claim, "LIBUSB_ERROR_NO_DEVICE");
}

TEST_F(UmockdevTest, InitLoadsTheFirmwareAndFindsTheDeviceAgain) {
  machine->faults.on_reset = [this] {
    machine->pull(kWaiting);
    machine->plug(kReady);
  };
  machine->plug(kWaiting, true);
  ProbeOptions init = options();
  init.init = true;
  const ProbeReport report = probe_accelerators(init);
  ASSERT_EQ(report.inits.size(), 1U);
  EXPECT_TRUE(report.inits[0].ok) << report.inits[0].message;
  EXPECT_EQ(report.inits[0].id_before, "1a6e:089a");
  EXPECT_EQ(report.inits[0].id_after, "18d1:9302");
  ASSERT_EQ(report.accelerators.size(), 1U);
  EXPECT_EQ(report.accelerators[0].state, DeviceState::kReady);
}

TEST_F(UmockdevTest, InitSaysThatTheLinkFellToUsb2) {
  machine->faults.on_reset = [this] {
    machine->pull(kWaiting);
    machine->plug(kReadyOnUsb2);
  };
  machine->plug(kWaiting, true);
  ProbeOptions init = options();
  init.init = true;
  const ProbeReport report = probe_accelerators(init);
  ASSERT_EQ(report.inits.size(), 1U);
  EXPECT_TRUE(report.inits[0].ok);
  EXPECT_THAT(report.inits[0].message, HasSubstr("from 5000 to 480 Mb/s"));
  ASSERT_EQ(report.accelerators.size(), 1U);
  EXPECT_EQ(report.accelerators[0].port, "1-3");
  EXPECT_EQ(report.accelerators[0].speed_ok, false);
}

TEST_F(UmockdevTest, InitOfADeviceThatNeverComesBackEndsAtItsLimit) {
  machine->faults.on_reset = [this] { machine->pull(kWaiting); };
  machine->plug(kWaiting, true);
  ProbeOptions init = options();
  init.init = true;
  init.reappear_timeout = 300ms;
  const ProbeReport report = probe_accelerators(init);
  ASSERT_EQ(report.inits.size(), 1U);
  EXPECT_FALSE(report.inits[0].ok);
  EXPECT_THAT(report.inits[0].message, HasSubstr("did not come back within 0.3 s"));
  EXPECT_THAT(report.accelerators, IsEmpty());
}

TEST_F(UmockdevTest, InitSurvivesALibraryThatHangsAbortsOrRefuses) {
  machine->plug(kWaiting);
  ProbeOptions init = options();
  init.init = true;
  init.init_timeout = 300ms;
  for (const auto& [mode, said] : {std::pair("hang", "no answer within 0.3 s"),
                                   std::pair("abort", "killed by signal 6"), std::pair("null", "made no delegate")}) {
    ::setenv("STAND_IN_EDGETPU", mode, 1);
    const ProbeReport report = probe_accelerators(init);
    ASSERT_EQ(report.inits.size(), 1U);
    EXPECT_FALSE(report.inits[0].ok);
    EXPECT_THAT(report.inits[0].message, HasSubstr(said));
    ASSERT_EQ(report.accelerators.size(), 1U);
    EXPECT_EQ(report.accelerators[0].state, DeviceState::kUninitialised);
  }
}

TEST_F(UmockdevTest, WatchSeesFirmwareUnplugAndReturn) {
  machine->plug(kWaiting);
  int asked = 0;
  std::vector<std::string> events;
  watch_accelerators(
      options(),
      [&](const WatchEvent& event) {
        const char* kinds[] = {"+", "-", "~"};
        events.push_back(kinds[static_cast<int>(event.kind)] + event.accelerator.id);
      },
      [&] {
        ++asked;
        if (asked == 2) {
          machine->pull(kWaiting);
          machine->plug(kReady);
        }
        if (asked == 5) machine->pull(kReady);
        if (asked == 8) machine->plug(kReadyOnUsb2);
        return asked > 10;
      });
  EXPECT_THAT(events, ElementsAre("+1a6e:089a", "~18d1:9302", "-18d1:9302", "+18d1:9302"));
}

TEST_F(UmockdevTest, HotplugEndsTheWaitEarly) {
  std::string reason;
  const std::unique_ptr<UsbBus> bus = make_libusb_bus(reason);
  ASSERT_NE(bus, nullptr) << reason;
  machine->plug(kReady);
  const auto start = std::chrono::steady_clock::now();
  bus->wait_for_change(20s);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

/// The expected answer for each of the optional device files: states and speed verdicts in the order of the ports, and
/// a part of the first device's hint: its fix, or its warning where the state needs none.
struct Expected {
  std::vector<DeviceState> states;
  std::vector<std::optional<bool>> speeds;
  const char* hint = "";
};

std::string hint_of(const std::vector<AcceleratorReport>& reports) {
  if (reports.empty()) return {};
  const AcceleratorReport& first = reports.front();
  return first.warnings.empty() ? first.fix : first.fix + "; " + first.warnings.front();
}

TEST_F(UmockdevTest, EveryRecordedDeviceFileGetsItsStateAndSpeedVerdict) {
  using enum DeviceState;
  const auto folder = qbench::testing::shared_data("usb/devices");
  if (!folder) GTEST_SKIP() << qbench::testing::shared_data_missing("usb/devices");
  const std::map<std::string, Expected> cases = {
      {"apex-pci", {{kReady}, {std::nullopt}}},
      {"coral-app-hs-behind-hub", {{kReady}, {false}, "use a USB 3 port or hub"}},
      {"coral-app-hs-only", {{kReady}, {false}, "plug it into a USB 3 port"}},
      {"coral-app-hs", {{kReady}, {false}, "plug it into a USB 3 port"}},
      {"coral-app-ss-claimed", {{kBusy}, {true}, "program"}},
      {"coral-app-ss-nonode", {{kNoNode}, {true}, "udev"}},
      {"coral-app-ss-only", {{kReady}, {true}}},
      {"coral-app-ss-unconfigured", {{kReady}, {true}}},
      {"coral-app-ss", {{kReady}, {true}}},
      {"coral-dfu-hs", {{kUninitialised}, {false}, "the first run loads it"}},
      {"coral-dfu-ss-only", {{kUninitialised}, {true}, "qbench probe --init"}},
      {"coral-dfu-ss", {{kUninitialised}, {true}, "qbench probe --init"}},
      {"coral-two", {{kReady, kUninitialised}, {true, true}}},
      {"ncs2", {{kUninitialised}, {std::nullopt}, "the vendor's runtime loads it"}},
      {"no-accelerator", {{}, {}}},
  };
  for (const auto& [name, expected] : cases) {
    machine.reset();
    machine = std::make_unique<MockUsbMachine>(false);
    machine->plug_file(*folder / (name + ".umockdev"));
    std::vector<DeviceState> states;
    std::vector<std::optional<bool>> speeds;
    const std::vector<AcceleratorReport> reports = probe_accelerators(options()).accelerators;
    for (const AcceleratorReport& report : reports) {
      states.push_back(report.state);
      speeds.push_back(report.speed_ok);
    }
    EXPECT_THAT(hint_of(reports), HasSubstr(expected.hint)) << name;
    EXPECT_EQ(hint_of(reports).empty(), *expected.hint == '\0') << name << ": " << hint_of(reports);
    EXPECT_EQ(states, expected.states) << name;
    EXPECT_EQ(speeds, expected.speeds) << name;
  }
}

}  // namespace
}  // namespace qbench::runners

int main(int argc, char** argv) {
  qbench::testing::enter_umockdev(argc, argv);
  ::testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
