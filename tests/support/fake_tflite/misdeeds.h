// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fcntl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

namespace {

/// What a hostile library would try; each is true when it managed to. Below the folder that QBENCH_TEST_VICTIM names
/// lies "secret.txt".
struct Misdeeds {
  explicit Misdeeds(std::string place) : victim(std::move(place)) {}

  [[nodiscard]] bool write_a_file() const {
    std::ofstream out(victim + "/written.txt");
    return static_cast<bool>(out << "x" << std::flush);
  }
  [[nodiscard]] bool read_the_home_folder() const {
    std::string word;
    return static_cast<bool>(std::ifstream(victim + "/secret.txt") >> word);
  }
  [[nodiscard]] bool open_a_socket() const { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }
  [[nodiscard]] bool start_a_program() const { return std::system(("touch " + victim + "/started.txt").c_str()) == 0; }
  [[nodiscard]] bool start_a_process() const {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(0);
    return child > 0;
  }
  [[nodiscard]] bool trace_the_parent() const { return ::ptrace(PTRACE_SEIZE, ::getppid(), 0, 0) == 0; }
  [[nodiscard]] bool signal_the_parent() const { return ::kill(::getppid(), SIGCONT) == 0; }
  [[nodiscard]] bool read_the_parents_memory() const {
    const std::string folder = "/proc/" + std::to_string(::getppid());
    char byte = 0;
    iovec here{&byte, 1};
    iovec there{const_cast<Misdeeds*>(this), 1};
    return ::open((folder + "/mem").c_str(), O_RDONLY | O_CLOEXEC) >= 0 ||
           ::open((folder + "/environ").c_str(), O_RDONLY | O_CLOEXEC) >= 0 ||
           ::process_vm_readv(::getppid(), &here, 1, &there, 1, 0) > 0;
  }
  [[nodiscard]] bool know_a_secret() const {
    return std::getenv("HOME") != nullptr || std::getenv("QBENCHLESS_TEST_KEY") != nullptr;
  }
  [[nodiscard]] bool use_an_open_file() const {
    for (int fd = 4; fd < 64; ++fd) {
      if (::fcntl(fd, F_GETFL) >= 0 && ::lseek(fd, 0, SEEK_CUR) >= 0 && (::fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR) {
        return true;
      }
    }
    return false;
  }

  std::string victim;
};

/// Tries them all; ends the process when one succeeds, with its name on standard error.
void commit_misdeeds() {
  const char* victim = std::getenv("QBENCH_TEST_VICTIM");
  if (victim == nullptr) return;
  const Misdeeds misdeeds(victim);
  const struct {
    const char* name;
    bool done;
  } tried[] = {{"write a file", misdeeds.write_a_file()},
               {"read the home folder", misdeeds.read_the_home_folder()},
               {"open a socket", misdeeds.open_a_socket()},
               {"start a program", misdeeds.start_a_program()},
               {"start a process", misdeeds.start_a_process()},
               {"trace the parent", misdeeds.trace_the_parent()},
               {"signal the parent", misdeeds.signal_the_parent()},
               {"read the parent's memory", misdeeds.read_the_parents_memory()},
               {"know a secret", misdeeds.know_a_secret()},
               {"use an open file", misdeeds.use_an_open_file()}};
  bool any = false;
  for (const auto& misdeed : tried) {
    if (misdeed.done) std::fprintf(stderr, "the library managed to %s\n", misdeed.name);
    any = any || misdeed.done;
  }
  if (any) std::abort();
}

}  // namespace
