// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/stray_processes.h"

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace qbench::engine {
namespace {

/// Strays that start others while they are ended are followed so many times.
constexpr int kMostGenerations = 64;
constexpr int kMostWaits = 100;
constexpr auto kWait = std::chrono::milliseconds(10);

struct KnownChildren {
  std::mutex mutex;
  std::multiset<pid_t> pids;
};

/// A process has one set of children.
KnownChildren& known_children() {
  static KnownChildren known;
  return known;
}

bool is_known(pid_t pid) {
  KnownChildren& known = known_children();
  const std::lock_guard lock(known.mutex);
  return known.pids.contains(pid);
}

/// Zombies among them. The kernel lists them by the thread that started or got them.
std::vector<pid_t> children_of_this_process() {
  std::vector<pid_t> children;
  std::error_code error;
  for (const auto& thread : std::filesystem::directory_iterator("/proc/self/task", error)) {
    std::ifstream in(thread.path() / "children");
    for (pid_t child = 0; in >> child;) children.push_back(child);
  }
  return children;
}

void kill_and_wait(pid_t pid) {
  if (::getpgid(pid) == pid) ::kill(-pid, SIGKILL);
  ::kill(pid, SIGKILL);
  for (int waits = 0; waits < kMostWaits && ::waitpid(pid, nullptr, WNOHANG) == 0; ++waits) {
    std::this_thread::sleep_for(kWait);
  }
}

}  // namespace

KnownChild::~KnownChild() { set(-1); }

void KnownChild::set(pid_t pid) {
  KnownChildren& known = known_children();
  const std::lock_guard lock(known.mutex);
  if (const auto before = known.pids.find(pid_); before != known.pids.end()) known.pids.erase(before);
  pid_ = pid;
  if (pid_ > 0) known.pids.insert(pid_);
}

void adopt_strays() {
  static std::once_flag once;
  std::call_once(once, [] {
    // Whoever became this program by exec may have had children.
    KnownChildren& known = known_children();
    const std::lock_guard lock(known.mutex);
    for (const pid_t child : children_of_this_process()) known.pids.insert(child);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  });
}

void end_strays() {
  if (::getpid() == 1) return;
  const pid_t own_group = ::getpgrp();
  for (int generation = 0; generation < kMostGenerations; ++generation) {
    std::vector<pid_t> strays = children_of_this_process();
    std::erase_if(strays, [own_group](pid_t pid) { return is_known(pid) || ::getpgid(pid) == own_group; });
    if (strays.empty()) return;
    std::ranges::for_each(strays, kill_and_wait);
  }
}

}  // namespace qbench::engine
