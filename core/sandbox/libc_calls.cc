// SPDX-License-Identifier: Apache-2.0
// The C library's functions that open files and start processes, as libraries see them that a worker loads: a program's
// own definitions come first. Outside a sandbox they only call the real ones. Inside they give refused attempts their
// names: Landlock refuses a file in silence, and the C library starts processes with all signals blocked, so that the
// filter's SIGSYS would end the process. They protect nothing; the kernel does. Linked into worker programs only.
#include <dlfcn.h>
#include <spawn.h>
#include <sys/types.h>

#include <cerrno>
#include <cstdarg>
#include <cstdio>

#include "core/sandbox/refusals.h"

// Headers may rename these functions (large files, fortified builds): each is defined under a name of its own and
// given the C library's at the level of the object file.
#define QBENCH_LIBC(name) __asm__(name)

namespace {

using qbench::sandbox::may_start_processes;
using qbench::sandbox::note_refusal;

constexpr int kWrites = 03;  // O_WRONLY, O_RDWR
constexpr int kCreates = 0100;
constexpr int kTemporary = 020000000;  // the bit of O_TMPFILE that is no other flag's

/// The next definition of a function after this program's: an interposed library's or the C library's.
template <typename Function>
Function* next_of(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void note_file(const char* path, bool writes) {
  if (qbench::sandbox::is_enclosed() && (errno == EACCES || errno == EPERM)) {
    note_refusal(writes ? "write" : "read", path);
  }
}

int opened(int fd, const char* path, int flags) {
  if (fd < 0) note_file(path, (flags & (kWrites | kCreates)) != 0);
  return fd;
}

template <typename Stream>
Stream* opened(Stream* stream, const char* path, const char* mode) {
  if (stream == nullptr) note_file(path, mode != nullptr && mode[0] != 'r');
  return stream;
}

bool refuses_process(const char* what) {
  if (may_start_processes()) return false;
  note_refusal(what);
  errno = EPERM;
  return true;
}

unsigned mode_of(int flags, std::va_list arguments) {
  return (flags & (kCreates | kTemporary)) != 0 ? va_arg(arguments, unsigned) : 0U;
}

}  // namespace

extern "C" {

#define QBENCH_OPEN(own, name)                                           \
  int own(const char* path, int flags, ...) QBENCH_LIBC(name);           \
  int own(const char* path, int flags, ...) {                            \
    static auto* const next = next_of<int(const char*, int, ...)>(name); \
    std::va_list arguments;                                              \
    va_start(arguments, flags);                                          \
    const unsigned mode = mode_of(flags, arguments);                     \
    va_end(arguments);                                                   \
    return opened(next(path, flags, mode), path, flags);                 \
  }
QBENCH_OPEN(qbench_open, "open")
QBENCH_OPEN(qbench_open64, "open64")

#define QBENCH_OPENAT(own, name)                                              \
  int own(int folder, const char* path, int flags, ...) QBENCH_LIBC(name);    \
  int own(int folder, const char* path, int flags, ...) {                     \
    static auto* const next = next_of<int(int, const char*, int, ...)>(name); \
    std::va_list arguments;                                                   \
    va_start(arguments, flags);                                               \
    const unsigned mode = mode_of(flags, arguments);                          \
    va_end(arguments);                                                        \
    return opened(next(folder, path, flags, mode), path, flags);              \
  }
QBENCH_OPENAT(qbench_openat, "openat")
QBENCH_OPENAT(qbench_openat64, "openat64")

#define QBENCH_FOPEN(own, name)                                               \
  void* own(const char* path, const char* mode) QBENCH_LIBC(name);            \
  void* own(const char* path, const char* mode) {                             \
    static auto* const next = next_of<void*(const char*, const char*)>(name); \
    return opened(next(path, mode), path, mode);                              \
  }
QBENCH_FOPEN(qbench_fopen, "fopen")
QBENCH_FOPEN(qbench_fopen64, "fopen64")

void* qbench_opendir(const char* path) QBENCH_LIBC("opendir");
void* qbench_opendir(const char* path) {
  static auto* const next = next_of<void*(const char*)>("opendir");
  return opened(next(path), path, "r");
}

pid_t qbench_fork() QBENCH_LIBC("fork");
pid_t qbench_fork() {
  static auto* const next = next_of<pid_t()>("fork");
  return refuses_process("start a process") ? -1 : next();
}

/// As fork(): the real one cannot be called from a function that returns.
pid_t qbench_vfork() QBENCH_LIBC("vfork");
pid_t qbench_vfork() { return qbench_fork(); }

int qbench_system(const char* command) QBENCH_LIBC("system");
int qbench_system(const char* command) {
  static auto* const next = next_of<int(const char*)>("system");
  return refuses_process("start a program") ? -1 : next(command);
}

void* qbench_popen(const char* command, const char* mode) QBENCH_LIBC("popen");
void* qbench_popen(const char* command, const char* mode) {
  static auto* const next = next_of<void*(const char*, const char*)>("popen");
  return refuses_process("start a program") ? nullptr : next(command, mode);
}

#define QBENCH_SPAWN(own, name)                                                                                     \
  int own(pid_t* pid, const char* program, const posix_spawn_file_actions_t* actions,                               \
          const posix_spawnattr_t* attributes, char* const* arguments, char* const* environment) QBENCH_LIBC(name); \
  int own(pid_t* pid, const char* program, const posix_spawn_file_actions_t* actions,                               \
          const posix_spawnattr_t* attributes, char* const* arguments, char* const* environment) {                  \
    static auto* const next = next_of<int(pid_t*, const char*, const posix_spawn_file_actions_t*,                   \
                                          const posix_spawnattr_t*, char* const*, char* const*)>(name);             \
    return refuses_process("start a program") ? EPERM                                                               \
                                              : next(pid, program, actions, attributes, arguments, environment);    \
  }
QBENCH_SPAWN(qbench_posix_spawn, "posix_spawn")
QBENCH_SPAWN(qbench_posix_spawnp, "posix_spawnp")

}  // extern "C"
