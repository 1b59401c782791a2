// SPDX-License-Identifier: Apache-2.0
#include "harness/app/trust.h"

#include <algorithm>

#include "core/error.h"

namespace qbench::app {
namespace {

using Path = std::filesystem::path;

/// With links and ".." resolved, as far as the path exists.
Path real_path(const Path& path) {
  std::error_code error;
  Path real = std::filesystem::weakly_canonical(path, error);
  return error ? path.lexically_normal() : real;
}

bool lies_in(const Path& path, const Path& folder) {
  const Path inner = real_path(path);
  const Path outer = real_path(folder);
  return std::mismatch(outer.begin(), outer.end(), inner.begin(), inner.end()).first == outer.end();
}

bool is_bare(const Path& library) { return !library.has_parent_path(); }

/// One thing that a plan would run.
struct Named {
  const char* what;
  Path path;
  const char* flag;  ///< that names it on the command line
};

class Judge {
 public:
  Judge(const Path& folder, const RunFlags& flags) : folder_(folder), flags_(flags) {}

  void judge(const engine::CellPlan& cell) const {
    const Path& library = cell.options.library;
    const auto& delegate = cell.options.delegate;
    if (!cell.worker.empty() && !named(flags_.workers, cell.worker)) {
      refuse_unless_trusted({"the program", cell.worker, "--binary-a or -b"});
    }
    if (!library.empty() && !is_bare(library) && !named(flags_.libraries, library)) {
      refuse_unless_trusted({"the runtime library", library, "--library"});
    }
    if (!delegate.library.empty() && !delegate_is_named(delegate)) {
      // Its options may name files, too.
      if (is_bare(delegate.library) && delegate.options.empty()) return;
      refuse_unless_trusted({"the delegate", delegate.library, "--delegate and its --delegate-option"});
    }
  }

 private:
  static bool named(const std::vector<std::string>& given, const Path& path) {
    return std::ranges::any_of(given, [&](const std::string& one) { return absolute_library(one) == path.string(); });
  }

  [[nodiscard]] bool delegate_is_named(const runners::DelegateOptions& delegate) const {
    if (flags_.delegate.empty() || absolute_library(flags_.delegate) != delegate.library.string()) return false;
    return std::ranges::all_of(delegate.options, [&](const auto& option) {
      return std::ranges::find(flags_.delegate_options, option.first + "=" + option.second) !=
             flags_.delegate_options.end();
    });
  }

  void refuse_unless_trusted(const Named& thing) const {
    if (!is_bare(thing.path) && lies_in(thing.path, folder_)) {
      throw Error(
          ErrorCode::kUsage,
          "{} '{}' lies in the result folder itself, where --trust does not reach; name it with {} if it shall run",
          thing.what, thing.path.string(), thing.flag);
    }
    if (flags_.trust) return;
    throw Error(ErrorCode::kUsage,
                "the plan in '{}' would run {} '{}'; name it with {}, or say --trust to run what the folder names",
                folder_.string(), thing.what, thing.path.string(), thing.flag);
  }

  const Path& folder_;
  const RunFlags& flags_;
};

/// A setting that opens the workers' sandbox, with its value; empty when none does.
std::string open_door(const engine::RunSettings& settings) {
  if (settings.sandbox != engine::RunSettings().sandbox) return "sandbox " + settings.sandbox;
  if (!settings.worker_read.empty()) return "worker_read " + settings.worker_read;
  if (!settings.worker_devices.empty()) return "worker_devices " + settings.worker_devices;
  if (!settings.worker_env.empty()) return "worker_env " + settings.worker_env;
  return {};
}

}  // namespace

void require_trust(const engine::Plan& plan, const Path& folder, const RunFlags& flags) {
  if (const std::string door = open_door(plan.settings); !door.empty() && !flags.trust) {
    throw Error(ErrorCode::kUsage, "the plan in '{}' opens the sandbox of the workers ({}); say --trust to run it so",
                folder.string(), door);
  }
  for (const engine::CellPlan& cell : plan.cells) Judge(folder, flags).judge(cell);
}

}  // namespace qbench::app
