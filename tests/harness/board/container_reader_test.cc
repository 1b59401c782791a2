// SPDX-License-Identifier: Apache-2.0
#include "harness/board/container_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/recorded_tree.h"

namespace qbench {
namespace {

using namespace std::string_literals;
using qbench::testing::RecordedTree;

struct NamedCase {
  std::string path;
  std::string content;
  std::string expected;
};

TEST(ContainerReaderTest, EveryKindIsRecognisedByItsSign) {
  for (const auto& [path, content, expected] : {
           NamedCase{".dockerenv", "", "docker"},
           NamedCase{"run/.containerenv", "engine=podman", "podman"},
           NamedCase{"run/systemd/container", "systemd-nspawn", "systemd-nspawn"},
           NamedCase{"proc/1/environ", "PATH=/bin\0container=lxc\0"s, "lxc"},
           NamedCase{"proc/self/environ", "KUBERNETES_SERVICE_HOST=10.0.0.1\0"s, "kubernetes"},
           NamedCase{"proc/1/cgroup", "12:cpu:/kubepods/burstable/pod1", "kubernetes"},
           NamedCase{"proc/1/cgroup", "0::/system.slice/docker-12ab.scope", "docker"},
           NamedCase{"proc/self/mountinfo",
                     "700 600 0:50 / / rw - overlay overlay rw,lowerdir=/var/lib/containers/storage/overlay/l/A",
                     "podman"},
       }) {
    RecordedTree tree;
    tree.raw_file(path, content);
    EXPECT_EQ(read_container(tree.tree()), expected) << path;
  }
}

TEST(ContainerReaderTest, OrdinarySystemIsNoContainer) {
  RecordedTree tree;
  tree.file("proc/1/cgroup", "0::/init.scope")
      .file("proc/self/mountinfo", "27 1 259:2 / / rw shared:1 - ext4 /dev/root rw");
  EXPECT_EQ(read_container(tree.tree()), "");
}

TEST(ContainerReaderTest, VirtualMachineIsNamedByDmi) {
  for (const auto& [path, content, expected] :
       {NamedCase{"sys_vendor", "QEMU", "qemu"}, NamedCase{"sys_vendor", "VMware, Inc.", "vmware"},
        NamedCase{"product_name", "VirtualBox", "virtualbox"}, NamedCase{"bios_vendor", "Xen", "xen"},
        NamedCase{"product_name", "KVM", "kvm"}}) {
    RecordedTree tree;
    tree.file("sys/class/dmi/id/" + path, content);
    EXPECT_EQ(read_virtualization(tree.tree()), expected) << content;
  }
}

TEST(ContainerReaderTest, MicrosoftLaptopIsBareMetalAndHyperVIsNot) {
  RecordedTree laptop;
  laptop.file("sys/class/dmi/id/sys_vendor", "Microsoft Corporation")
      .file("sys/class/dmi/id/product_name", "Surface Pro");
  EXPECT_EQ(read_virtualization(laptop.tree()), "");
  RecordedTree machine;
  machine.file("sys/class/dmi/id/sys_vendor", "Microsoft Corporation");
  machine.file("sys/class/dmi/id/product_name", "Virtual Machine");
  EXPECT_EQ(read_virtualization(machine.tree()), "hyper-v");
}

TEST(ContainerReaderTest, GuestWithoutDmiIsKnownByItsClock) {
  RecordedTree tree;
  tree.file("proc/cpuinfo", "processor : 0\nflags\t\t: fpu sse hypervisor lm");
  EXPECT_EQ(read_virtualization(tree.tree()), "hypervisor");
  tree.file("sys/devices/system/clocksource/clocksource0/available_clocksource", "tsc kvm-clock");
  EXPECT_EQ(read_virtualization(tree.tree()), "kvm");
}

TEST(ContainerReaderTest, DeviceTreeHypervisorIsSeenOnArm) {
  RecordedTree tree;
  tree.raw_file("proc/device-tree/hypervisor/compatible", "linux,kvm\0"s);
  EXPECT_EQ(read_virtualization(tree.tree()), "kvm");
}

}  // namespace
}  // namespace qbench
