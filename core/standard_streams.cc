// SPDX-License-Identifier: Apache-2.0
#include "core/standard_streams.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <initializer_list>
#ifdef __GLIBC__
#include <ext/stdio_sync_filebuf.h>

#include <iostream>
#endif

namespace qbench {
namespace {

#ifdef __GLIBC__
/// Says that all was written, whatever became of it.
ssize_t write_or_lose(void* /*cookie*/, const char* data, std::size_t size) {
  for (std::size_t done = 0; done < size;) {
    const ssize_t wrote = ::write(STDERR_FILENO, data + done, size - done);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) break;
    done += static_cast<std::size_t>(wrote);
  }
  return static_cast<ssize_t>(size);
}

/// There stderr is a variable that may be set. Elsewhere a message that cannot be written ends the command.
void make_errors_losable() {
  std::FILE* stream = ::fopencookie(nullptr, "w", {nullptr, write_or_lose, nullptr, nullptr});
  if (stream == nullptr) return;
  std::setvbuf(stream, nullptr, _IONBF, 0);
  stderr = stream;
}
/// As stdio wants it: fewer bytes than were given, and errno, for a failure.
ssize_t write_unless_left(void* /*cookie*/, const char* data, std::size_t size) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t wrote = ::write(STDOUT_FILENO, data + done, size - done);
    if (wrote < 0 && errno == EPIPE) return static_cast<ssize_t>(size);
    if (wrote < 0 && errno != EINTR) break;
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  return static_cast<ssize_t>(done);
}

void make_output_losable() {
  std::FILE* stream = ::fopencookie(nullptr, "w", {nullptr, write_unless_left, nullptr, nullptr});
  if (stream == nullptr) return;
  std::setvbuf(stream, nullptr, ::isatty(STDOUT_FILENO) != 0 ? _IOLBF : _IOFBF, BUFSIZ);
  stdout = stream;
  // It was bound to what stood here before. Never destroyed: it is flushed after everything else.
  static auto* const buffer = new __gnu_cxx::stdio_sync_filebuf<char>(stdout);
  std::cout.rdbuf(buffer);
}
#else
void make_errors_losable() {}
void make_output_losable() {}
#endif

}  // namespace

void open_standard_streams() noexcept {
  // open() gives the lowest free number, so each call fills the hole that the one before left.
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    [[maybe_unused]] const int kept = ::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
  }
  make_errors_losable();
}

void survive_lost_readers() {
  std::signal(SIGPIPE, SIG_IGN);
  make_output_losable();
}

}  // namespace qbench
