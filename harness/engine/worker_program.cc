// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_program.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

#include "core/error.h"
#include "core/sha256.h"
#include "harness/engine/worker.h"
#include "harness/engine/worker_process.h"

namespace qbench::engine {
namespace {

using Path = std::filesystem::path;

constexpr const char* kProgram = "qbench-worker";
constexpr std::chrono::seconds kHelloTimeout{10};

bool is_program(const Path& path) {
  std::error_code ignored;
  return std::filesystem::is_regular_file(path, ignored) && ::access(path.c_str(), X_OK) == 0;
}

/// Where the worker lies that belongs to a qbench in `folder`.
std::vector<Path> places_beside(const Path& folder) {
  return {folder / kProgram, folder.parent_path() / "libexec" / "qbench" / kProgram};
}

std::vector<Path> places_below(const Path& prefix) {
  return {prefix / kProgram, prefix / "bin" / kProgram, prefix / "libexec" / "qbench" / kProgram};
}

Path first_program(const std::vector<Path>& places, const std::string& advice) {
  std::vector<std::string> names;
  for (const Path& place : places) {
    if (is_program(place)) return place;
    names.push_back(place.string());
  }
  throw Error(ErrorCode::kIo, "there is no {} program at '{}'; {}", kProgram, fmt::join(names, "' or '"), advice);
}

/// A worker from before the greeting answers that it does not know the request.
bool is_too_old(const Outcome& outcome) {
  return outcome.status == Status::kError && outcome.reason.find("unknown request") != std::string::npos;
}

}  // namespace

Path find_worker_executable() {
  if (const char* named = std::getenv("QBENCH_WORKER"); named != nullptr && *named != '\0') return named;
  return first_program(places_beside(std::filesystem::canonical("/proc/self/exe").parent_path()), "set QBENCH_WORKER");
}

Path find_worker_of(const Path& program_or_prefix) {
  std::error_code error;
  const Path there = std::filesystem::canonical(program_or_prefix, error);
  if (error) {
    throw Error(ErrorCode::kIo, "there is no qbench at '{}': {}", program_or_prefix.string(), error.message());
  }
  if (std::filesystem::is_directory(there)) return first_program(places_below(there), "name a folder with a qbench");
  if (there.filename() == kProgram && is_program(there)) return there;
  return first_program(places_beside(there.parent_path()), "name a qbench program or the folder that it lies in");
}

WorkerRecord inspect_worker(const Path& executable) {
  WorkerRecord record;
  record.path = executable.string();
  WorkerProcess process({.executable = executable});
  HelloReply hello;
  process.start({{"op", "hello"}}, kHelloTimeout, "hello",
                [&hello](const Answer& answer) { hello = read_hello_reply(answer); });
  record.sha256 = sha256_file(executable);  // while it starts
  const Outcome outcome = process.wait();
  if (outcome.status == Status::kCancelled) return record;
  if (!outcome.ok() && !is_too_old(outcome)) {
    throw Error(ErrorCode::kIo, "'{}' is no {}: {}", record.path, kProgram, outcome.reason);
  }
  record.protocol = hello.protocol;
  record.version = hello.version;
  record.git_commit = hello.git_commit;
  if (record.protocol != kWorkerProtocol) {
    throw Error(ErrorCode::kUnsupported,
                "'{}' speaks version {} of the worker protocol and this qbench version {}; take a build of a qbench "
                "that shares it",
                record.path, record.protocol, kWorkerProtocol);
  }
  return record;
}

}  // namespace qbench::engine
