// SPDX-License-Identifier: Apache-2.0
// Edge TPU runs on USB sticks that umockdev plays, with a stand-in for the vendor's library.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <thread>

#include "tests/e2e/delegate_plan.h"
#include "tests/runners/accelerators/mock_usb_machine.h"

namespace qbench::testing {
namespace {

const UsbDescription kStick{};
constexpr char kStickPath[] = "FAKE_DELEGATE_DEVICE=/sys/bus/usb/devices/2-1";

class AcceleratorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!under_umockdev()) GTEST_SKIP() << "umockdev-wrapper is not installed";
    machine_ = std::make_unique<MockUsbMachine>();
    plan_.library = plan_.path() / "libedgetpu.so.1";
    std::filesystem::copy_file(stand_in("fake_delegate"), plan_.library);
  }

  nlohmann::json run(const DelegatePlan::Options& options, int expected_exit) {
    const ProgramResult result = plan_.run(options, {kStickPath});
    EXPECT_EQ(result.exit_code, expected_exit) << result.err;
    report_ = read_report(plan_.results());
    for (const char* cell : {"before", "after"}) {
      EXPECT_EQ(lane_of(report_, cell, 1).at("outcome").at("status"), "ok") << cell;
    }
    return lane_of(report_, "edge", 1);
  }

  std::unique_ptr<MockUsbMachine> machine_;
  DelegatePlan plan_;
  nlohmann::json report_;
};

TEST_F(AcceleratorsTest, AGoodRunKeepsIdAndSpeedBeforeAndAfter) {
  machine_->plug(kStick);
  const nlohmann::json accelerator = run({{"device", "usb:0"}}, 0).at("accelerator");
  EXPECT_EQ(accelerator.at("problem"), "");
  EXPECT_EQ(accelerator.at("runtime"), "BuildLabel(fake), RuntimeVersion(14)");
  for (const char* when : {"before", "after"}) {
    EXPECT_EQ(accelerator.at(when).at("id"), "18d1:9302") << when;
    EXPECT_EQ(accelerator.at(when).at("port"), "2-1") << when;
    EXPECT_EQ(accelerator.at(when).at("speed_mbps"), 5000.0) << when;
  }
  EXPECT_TRUE(lane_of(report_, "before", 1).at("accelerator").is_null());
}

TEST_F(AcceleratorsTest, AFailureWithoutAStickSaysSo) {
  const nlohmann::json outcome = run({{"mode", "null"}}, 1).at("outcome");
  EXPECT_EQ(outcome.at("status"), "error");
  EXPECT_EQ(outcome.at("reason").get<std::string>().find("no coral accelerator on USB or PCIe"), 0U) << outcome;
}

TEST_F(AcceleratorsTest, AFailureWithABusyStickSaysSo) {
  machine_->plug({.interface_driver = "usbfs"});
  const nlohmann::json outcome = run({{"mode", "null"}}, 1).at("outcome");
  EXPECT_NE(outcome.at("reason").get<std::string>().find("busy"), std::string::npos) << outcome;
}

TEST_F(AcceleratorsTest, AStickThatIsPulledInTheMiddleIsLost) {
  machine_->plug(kStick);
  plan_.settings["sandbox"] = "off";  // the stand-in makes a file
  const std::filesystem::path sign = plan_.path() / "pull";
  std::jthread hand([&](const std::stop_token& stop) {
    while (!std::filesystem::exists(sign) && !stop.stop_requested()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    machine_->pull(kStick);
    std::filesystem::remove(sign);
  });
  const nlohmann::json lane = run({{"mode", "abort_invoke"}, {"pull_sign", sign.string()}}, 1);
  EXPECT_EQ(lane.at("outcome").at("status"), "crashed");
  EXPECT_EQ(lane.at("outcome").at("reason").get<std::string>().find("accelerator lost"), 0U) << lane.at("outcome");
  EXPECT_TRUE(lane.at("accelerator").at("lost").get<bool>());
  EXPECT_TRUE(lane.at("accelerator").at("after").is_null());
}

}  // namespace
}  // namespace qbench::testing

// As in accelerators_umockdev_test: the program starts itself again under umockdev's wrapper, or every test skips.
int main(int argc, char** argv) {
  qbench::testing::enter_umockdev(argc, argv);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
