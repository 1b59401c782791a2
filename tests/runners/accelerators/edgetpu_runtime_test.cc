// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/edgetpu_runtime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

namespace qbench::runners {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class EdgetpuRuntimeTest : public ::testing::Test {
 protected:
  ~EdgetpuRuntimeTest() override { ::unsetenv("STAND_IN_EDGETPU"); }
  static void set_mode(const char* mode) { ::setenv("STAND_IN_EDGETPU", mode, 1); }
};

TEST_F(EdgetpuRuntimeTest, AsksTheLibraryForVersionAndDevices) {
  const EdgetpuRuntime runtime = query_edgetpu(STAND_IN_EDGETPU_FILE, 10s);
  EXPECT_TRUE(runtime.report.loaded) << runtime.report.cause;
  EXPECT_EQ(runtime.report.version, "BuildLabel(stand-in), RuntimeVersion(14)");
  EXPECT_EQ(runtime.report.path, STAND_IN_EDGETPU_FILE);
  EXPECT_EQ(runtime.report.sha256.size(), 64U);
  EXPECT_THAT(runtime.report.devices,
              ElementsAre("pci:0 /dev/apex_0", "usb:0 /sys/bus/usb/devices/2-1", "usb:1 /sys/bus/usb/devices/2-2"));
}

TEST_F(EdgetpuRuntimeTest, MissingLibraryIsNamedByTheLoaderWithItsFix) {
  const EdgetpuRuntime runtime = query_edgetpu("libno_such_edgetpu.so.1", 10s);
  EXPECT_FALSE(runtime.report.loaded);
  EXPECT_THAT(runtime.report.cause, HasSubstr("cannot open shared object file"));
  EXPECT_THAT(runtime.report.fix, HasSubstr("libedgetpu1-std"));
}

TEST_F(EdgetpuRuntimeTest, LibraryWithoutTheFunctionsIsNotIt) {
  const EdgetpuRuntime runtime = query_edgetpu("libm.so.6", 10s);
  EXPECT_FALSE(runtime.report.loaded);
  EXPECT_THAT(runtime.report.cause, HasSubstr("no function edgetpu_list_devices"));
}

TEST_F(EdgetpuRuntimeTest, LibraryThatHangsOrAbortsIsSurvived) {
  set_mode("hang_list");
  EXPECT_THAT(query_edgetpu(STAND_IN_EDGETPU_FILE, 200ms).report.cause, HasSubstr("no answer within 0.2 s"));
  set_mode("abort_list");
  EXPECT_THAT(query_edgetpu(STAND_IN_EDGETPU_FILE, 10s).report.cause, HasSubstr("signal 6"));
}

TEST_F(EdgetpuRuntimeTest, FirmwareLoadingReportsEachWayToFail) {
  EXPECT_TRUE(load_edgetpu_firmware(STAND_IN_EDGETPU_FILE, "/nowhere", 10s).ok());
  set_mode("null");
  const ChildResult refused = load_edgetpu_firmware(STAND_IN_EDGETPU_FILE, "/nowhere", 10s);
  EXPECT_FALSE(refused.ok());
  EXPECT_THAT(refused.errors, HasSubstr("USB error -3")) << "the library was not told to speak";
  set_mode("hang");
  EXPECT_EQ(load_edgetpu_firmware(STAND_IN_EDGETPU_FILE, "/nowhere", 200ms).end, ChildResult::End::kTimedOut);
  set_mode("abort");
  EXPECT_EQ(load_edgetpu_firmware(STAND_IN_EDGETPU_FILE, "/nowhere", 10s).end, ChildResult::End::kSignalled);
}

}  // namespace
}  // namespace qbench::runners
