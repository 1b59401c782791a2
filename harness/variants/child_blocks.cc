// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/child_blocks.h"

#include <algorithm>
#include <chrono>
#include <new>

#include "core/error.h"
#include "core/usable_cpus.h"
#include "harness/engine/interrupt.h"
#include "harness/engine/process_end.h"

namespace qbench::variants {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kErrorTag = ~std::uint64_t{0};  // then the bytes are an error code and its message
constexpr std::uint64_t kBeatTag = kErrorTag - 1;
constexpr int kPollMs = 200;
/// Signs of life that are sent in the time that one of them is allowed to take.
constexpr double kBeatsPerTimeout = 8.0;

/// Tells the parent at once of the first image, then as often as it needs to know.
class Heart {
 public:
  Heart(int fd, const ChildLimits& limits)
      : fd_(fd),
        pause_(std::chrono::duration_cast<Clock::duration>(
            std::chrono::duration<double>(limits.request_timeout_s / kBeatsPerTimeout))) {}

  void beat() {
    const Clock::time_point now = Clock::now();
    if (now < next_) return;
    next_ = now + pause_;
    send_piece(fd_, kBeatTag, {});
  }

 private:
  int fd_;
  Clock::duration pause_;
  Clock::time_point next_{};
};

/// The blocks of one child: each `step`-th from `first` on.
struct Share {
  std::size_t first = 0;
  std::size_t step = 1;
};

void send_error(int fd, ErrorCode code, const std::string& text) {
  send_piece(fd, kErrorTag, static_cast<char>(code) + text);
}

void work_through(int fd, const Share& share, const ChildBlocks& plan,
                  const std::function<BlockWork(const Beat&)>& make_work) {
  try {
    Heart heart(fd, plan.limits);
    const BlockWork work = make_work([&heart] { heart.beat(); });
    for (std::size_t block = share.first; block < plan.blocks; block += share.step) {
      send_piece(fd, block, work(block));
    }
  } catch (const Error& error) {
    send_error(fd, error.code(), error.what());
  } catch (const std::bad_alloc&) {
    send_error(fd, ErrorCode::kOutOfMemory,
               fmt::format("{}: oom: an allocation failed; the memory limit was reached", plan.what));
  } catch (const std::exception& error) {
    send_error(fd, ErrorCode::kRuntime, error.what());
  }
}

/// The parent's side: children and what they have sent.
class Gathering {
 public:
  Gathering(const ChildBlocks& plan, const std::function<BlockWork(const Beat&)>& make_work)
      : plan_(plan), results_(plan.blocks), has_come_(plan.blocks, false) {
    const auto wanted = static_cast<std::size_t>(plan.jobs > 0 ? plan.jobs : usable_cpus());
    const std::size_t count = std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(plan.blocks, 1));
    for (std::size_t i = 0; i < count; ++i) {
      const Share share{.first = i, .step = count};
      children_.emplace_back(plan.limits, [&](int fd) { work_through(fd, share, plan_, make_work); });
    }
  }

  std::vector<std::string> all() {
    while (std::ranges::any_of(children_, [](const ChildProcess& child) { return child.running(); })) {
      wait();
      for (ChildProcess& child : children_) take_from(child);
    }
    if (done_ != plan_.blocks) throw Error(ErrorCode::kRuntime, "{}: it ended early", plan_.what);
    return std::move(results_);
  }

 private:
  /// Until one of the children has something to say.
  void wait() const {
    std::vector<pollfd> waiting;
    for (const ChildProcess& child : children_) child.add_to(waiting);
    ::poll(waiting.data(), waiting.size(), kPollMs);
    if (engine::interrupted()) throw Error(ErrorCode::kRuntime, "interrupted; nothing was written");
  }

  void take_from(ChildProcess& child) {
    if (!child.running()) return;
    child.look();
    while (auto piece = child.next()) take(piece->first.tag, std::move(piece->second));
    if (!child.running() && !child.outcome().ok()) throw engine::error_of(child.outcome(), plan_.what);
  }

  void take(std::uint64_t tag, std::string bytes) {
    if (tag == kBeatTag) return;
    if (tag == kErrorTag && !bytes.empty()) throw Error(static_cast<ErrorCode>(bytes[0]), bytes.substr(1));
    if (tag >= results_.size() || has_come_[tag]) {
      throw Error(ErrorCode::kRuntime, "{}: its process sent nonsense", plan_.what);
    }
    has_come_[tag] = true;
    results_[tag] = std::move(bytes);
    ++done_;
    if (plan_.progress) plan_.progress(done_);
  }

  const ChildBlocks& plan_;
  std::vector<ChildProcess> children_;
  std::vector<std::string> results_;
  std::vector<bool> has_come_;
  std::size_t done_ = 0;
};

}  // namespace

std::vector<std::string> run_in_children(const ChildBlocks& plan,
                                         const std::function<BlockWork(const Beat& beat)>& make_work) {
  return Gathering(plan, make_work).all();
}

}  // namespace qbench::variants
