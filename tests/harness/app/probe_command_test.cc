// SPDX-License-Identifier: Apache-2.0
#include "harness/app/probe_command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "core/error.h"
#include "tests/support/recorded_tree.h"

namespace qbench::app {
namespace {

using qbench::testing::RecordedTree;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A small board with a Coral stick on its USB 2 port.
class ProbeCommandTest : public ::testing::Test {
 protected:
  void plug_coral() {
    const std::string stick = "sys/bus/usb/devices/1-3";
    tree.file("sys/bus/usb/devices/usb1/speed", "480").file("sys/bus/usb/devices/usb2/speed", "5000");
    tree.file(stick + "/busnum", "1").file(stick + "/devnum", "9").file(stick + "/speed", "480");
    tree.file(stick + "/idVendor", "18d1").file(stick + "/idProduct", "9302");
    tree.raw_file("dev/bus/usb/001/009", "");
  }
  int run(ProbeCommandOptions options) {
    options.root = tree.root();
    std::ostringstream out;
    const int code = run_probe(options, out);
    printed = out.str();
    return code;
  }
  RecordedTree tree;
  std::string printed;
};

TEST_F(ProbeCommandTest, MachineWithoutAnythingIsDescribedAndFine) {
  EXPECT_EQ(run({}), 0);
  EXPECT_THAT(printed, HasSubstr("Accelerators\n  none: no USB bus on this machine\n"));
}

TEST_F(ProbeCommandTest, TableShowsBoardRuntimesAndDeviceWithItsWarning) {
  plug_coral();
  tree.file("proc/meminfo", "MemTotal: 4194304 kB\nMemAvailable: 2097152 kB");
  ProbeCommandOptions options;
  options.runtimes = {{"tflite", {.available = true, .version = "2.9.0", .library = "/lib/libt.so"}},
                      {"onnxruntime", {.available = false, .reason = "not found"}}};
  EXPECT_EQ(run(options), 0);
  EXPECT_THAT(printed, AllOf(HasSubstr("4.0 GiB, 2.0 available"), HasSubstr("tflite         2.9.0  /lib/libt.so"),
                             HasSubstr("onnxruntime    not available: not found"), HasSubstr("ready"),
                             HasSubstr("18d1:9302"), HasSubstr("warning: link at 480 Mb/s")));
}

TEST_F(ProbeCommandTest, JsonHoldsBoardRuntimesAndAccelerators) {
  plug_coral();
  ProbeCommandOptions options;
  options.json = true;
  options.require = "coral";
  options.runtimes = {{"tflite", {.available = true, .version = "2.9.0"}}};
  EXPECT_EQ(run(options), 0);
  const nlohmann::json json = nlohmann::json::parse(printed);
  EXPECT_EQ(json.at("schema"), "qbench.probe/1");
  EXPECT_TRUE(json.at("board").contains("cpu"));
  EXPECT_EQ(json.at("runtimes").at(0).at("version"), "2.9.0");
  EXPECT_EQ(json.at("accelerators").at(0).at("state"), "ready");
  EXPECT_EQ(json.at("require").at("usable"), true);
}

TEST_F(ProbeCommandTest, MissingRequiredAcceleratorIsExitCode3WithTheReason) {
  EXPECT_EQ(run({.require = "coral"}), 3);
  EXPECT_THAT(printed, HasSubstr("Required: no coral accelerator: no USB bus on this machine"));
  EXPECT_EQ(run({.require = "coral", .json = true}), 3);
  EXPECT_EQ(nlohmann::json::parse(printed).at("require").at("usable"), false);
  plug_coral();
  EXPECT_EQ(run({.require = "coral"}), 0);
  EXPECT_EQ(run({.require = "kneron"}), 3);
}

TEST_F(ProbeCommandTest, UnknownFamilyIsAUsageErrorWithTheNearestName) {
  try {
    run({.require = "corral"});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage);
    EXPECT_THAT(error.what(), HasSubstr("did you mean 'coral'"));
  }
}

TEST_F(ProbeCommandTest, FamilyOfTheUsersTableMayBeRequired) {
  tree.file("ids.json", R"([{"vendor": "abcd", "product": "0001", "family": "own", "name": "Own Stick"}])");
  EXPECT_EQ(run({.usb_ids = tree.root() / "ids.json", .require = "own"}), 3);
}

TEST_F(ProbeCommandTest, WatchPrintsOneLineOfJsonForEachEvent) {
  int asked = 0;
  ProbeCommandOptions options;
  options.json = true;
  options.watch = true;
  options.stop = [&] {
    if (++asked == 2) plug_coral();
    return asked > 3;
  };
  EXPECT_EQ(run(options), 0);
  const nlohmann::json event = nlohmann::json::parse(printed);
  EXPECT_EQ(event.at("event"), "arrived");
  EXPECT_EQ(event.at("accelerator").at("port"), "1-3");
}

TEST_F(ProbeCommandTest, DeviceTextThatIsNotUtf8DoesNotStopTheJson) {
  plug_coral();
  tree.raw_file("sys/bus/usb/devices/1-3/serial", "\xff\xfe\n");
  EXPECT_EQ(run({.json = true}), 0);
  EXPECT_TRUE(nlohmann::json::accept(printed));
}

}  // namespace
}  // namespace qbench::app
