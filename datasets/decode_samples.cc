// SPDX-License-Identifier: Apache-2.0
#include "datasets/decode_samples.h"

#include <poll.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/usable_cpus.h"

namespace qbench::datasets {
namespace {

using Clock = std::chrono::steady_clock;

/// Handed over at a time: large enough to make messages free, small enough to share the work evenly.
constexpr std::size_t kRangeBytes = 1U << 20U;
constexpr std::chrono::milliseconds kTick{100};
/// What counts of a longer pause: this process may have been stopped, or the board asleep.
constexpr double kMostOfATick = 0.2;

double seconds_between(Clock::time_point from, Clock::time_point to) {
  return std::chrono::duration<double>(to - from).count();
}

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

std::size_t decoder_count(int jobs, std::size_t samples) {
  const auto wanted = static_cast<std::size_t>(jobs > 0 ? jobs : usable_cpus());
  return std::clamp<std::size_t>(samples, 1, wanted);
}

class Decoding {
 public:
  Decoding(const DecodeWork& work, const SampleRange& range, const std::function<void(const DecodedRange&)>& take,
           const DecodeOptions& options)
      : work_(work),
        take_(take),
        options_(options),
        total_(range.count),
        decoders_(decoder_count(options.jobs, range.count)) {
    const std::size_t fair = (total_ + 2 * decoders_.size() - 1) / (2 * decoders_.size());
    const std::size_t fitting = kRangeBytes / std::max<std::size_t>(work.pixel_bytes, 1);
    at_a_time_ = std::clamp<std::size_t>(std::min(fair, fitting), 1, kMostInRequest);
    left_ = range;
  }

  DecodeReport run() {
    const Clock::time_point start = Clock::now();
    const double cpu_before = thread_cpu_seconds();
    while (done_ < total_ && !options_.stop.stop_requested()) {
      feed();
      wait();
      for (std::unique_ptr<DecoderProcess>& decoder : decoders_) collect(decoder);
    }
    if (options_.progress) options_.progress(done_, total_);
    DecodeReport report{.stopped = done_ < total_, .jobs = static_cast<int>(decoders_.size())};
    for (std::unique_ptr<DecoderProcess>& decoder : decoders_) retire(decoder);
    report.wall_seconds = seconds_between(start, Clock::now());
    report.cpu_seconds = cpu_seconds_ + thread_cpu_seconds() - cpu_before;
    return report;
  }

 private:
  [[nodiscard]] bool has_more() const { return left_.count > 0 || !again_.empty(); }

  SampleRange next() {
    if (!again_.empty()) {
      const SampleRange range = again_.front();
      again_.pop_front();
      return range;
    }
    const SampleRange range{.first = left_.first, .count = std::min(left_.count, at_a_time_)};
    left_.first += range.count;
    left_.count -= range.count;
    return range;
  }

  /// One request for each before any has two: the last ones are to be shared evenly.
  void feed() {
    for (int pass = 0; pass < 2; ++pass) {
      for (std::unique_ptr<DecoderProcess>& decoder : decoders_) {
        const bool is_its_turn = decoder == nullptr || (decoder->has_room() && (pass == 1 || !decoder->busy()));
        if (!has_more() || !is_its_turn || (decoder == nullptr && !start(decoder))) continue;
        const SampleRange range = next();
        if (decoder->send(range)) continue;
        again_.push_front(range);
        if (!is_any_busy()) {
          throw Error(ErrorCode::kIo, "decoding images: no file descriptors are left (ulimit -n raises the limit)");
        }
        return;
      }
    }
  }

  [[nodiscard]] bool is_any_busy() const {
    return std::any_of(decoders_.begin(), decoders_.end(),
                       [](const auto& decoder) { return decoder != nullptr && decoder->busy(); });
  }

  /// With one that works, another that cannot be started is done without.
  bool start(std::unique_ptr<DecoderProcess>& decoder) {
    try {
      decoder = std::make_unique<DecoderProcess>(work_, at_a_time_);
      return true;
    } catch (const Error&) {
      if (!is_any_busy()) throw;
      return false;
    }
  }

  void wait() {
    std::vector<pollfd> sockets;
    for (const auto& decoder : decoders_) {
      if (decoder != nullptr && decoder->busy()) sockets.push_back({decoder->socket(), POLLIN, 0});
    }
    const bool is_dead_one = std::any_of(decoders_.begin(), decoders_.end(),
                                         [](const auto& decoder) { return decoder != nullptr && decoder->is_dead(); });
    ::poll(sockets.data(), sockets.size(), is_dead_one ? 0 : static_cast<int>(kTick.count()));
    const Clock::time_point now = Clock::now();
    tick_seconds_ = std::min(seconds_between(std::exchange(last_wait_, now), now), kMostOfATick);
    if (!options_.progress || now - last_progress_ < kTick) return;
    last_progress_ = now;
    options_.progress(done_, total_);
  }

  void collect(std::unique_ptr<DecoderProcess>& decoder) {
    if (decoder == nullptr || !decoder->busy()) return;
    while (const std::optional<DecodedRange> range = decoder->receive()) give(*range);
    const bool is_late = decoder->is_late(tick_seconds_);
    if (!decoder->is_dead() && !is_late) return;
    const std::string why =
        is_late ? fmt::format("timeout: not decoded within {:g} s", work_.limits.image_seconds) : std::string();
    give(decoder->bury(why, again_));
    retire(decoder);
  }

  void give(const DecodedRange& range) {
    if (range.samples.empty()) return;
    take_(range);
    done_ += range.samples.size();
  }

  void retire(std::unique_ptr<DecoderProcess>& decoder) {
    if (decoder == nullptr) return;
    decoder->close();
    cpu_seconds_ += decoder->cpu_seconds();
    decoder.reset();
  }

  const DecodeWork& work_;
  const std::function<void(const DecodedRange&)>& take_;
  const DecodeOptions& options_;
  std::size_t total_;
  std::size_t at_a_time_ = 1;

  std::vector<std::unique_ptr<DecoderProcess>> decoders_;  // null: not started, or gone
  SampleRange left_;                                       // never handed out
  std::deque<SampleRange> again_;                          // handed to a decoder that died before
  std::size_t done_ = 0;
  double cpu_seconds_ = 0.0;
  double tick_seconds_ = 0.0;
  Clock::time_point last_wait_ = Clock::now();
  Clock::time_point last_progress_ = Clock::now();
};

}  // namespace

DecodeReport decode_samples(const DecodeWork& work, const SampleRange& range,
                            const std::function<void(const DecodedRange&)>& take, const DecodeOptions& options) {
  return Decoding(work, range, take, options).run();
}

}  // namespace qbench::datasets
