// SPDX-License-Identifier: Apache-2.0
#include "datasets/decoder_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include "core/assert.h"
#include "core/error.h"
#include "datasets/image_file_dataset.h"

namespace qbench::datasets {
namespace {

bool has_descriptors() {
  const UniqueFd probe(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  return static_cast<bool>(probe) || (errno != EMFILE && errno != ENFILE);
}

std::string signal_text(int signal) {
  const char* description = ::sigdescr_np(signal);
  return fmt::format("signal {} ({})", signal, description != nullptr ? description : "unknown");
}

/// One message with descriptors. Returns 0 or the error number.
int send_with_files(int socket, const DecodeMessage& message, const std::vector<UniqueFd>& files) {
  iovec body{const_cast<DecodeMessage*>(&message), sizeof message};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostInRequest * sizeof(int))> control{};
  msghdr header{};
  header.msg_iov = &body;
  header.msg_iovlen = 1;
  if (!files.empty()) {
    std::vector<int> fds;
    for (const UniqueFd& file : files) fds.push_back(file.get());
    header.msg_control = control.data();
    header.msg_controllen = CMSG_SPACE(fds.size() * sizeof(int));
    cmsghdr* rights = CMSG_FIRSTHDR(&header);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(fds.size() * sizeof(int));
    std::memcpy(CMSG_DATA(rights), fds.data(), fds.size() * sizeof(int));
  }
  while (::sendmsg(socket, &header, MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return errno;
  }
  return 0;
}

}  // namespace

DecoderProcess::DecoderProcess(const DecodeWork& work, std::size_t most)
    : work_(work), slot_stride_(slot_bytes(work, most)), memory_(kSlots * slot_stride_) {
  QBENCH_ASSERT(most >= 1 && most <= kMostInRequest);
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Error(ErrorCode::kIo, "cannot start an image decoder: {}", errno_text(errno));
  }
  socket_ = UniqueFd(ends[0]);
  const UniqueFd its_end(ends[1]);
  messages_ = UniqueFd(::memfd_create("decoder-messages", MFD_CLOEXEC));
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) run_decoder(work_, memory_.bytes(), slot_stride_, its_end.get(), messages_.get(), parent);
  if (pid_ < 0) throw Error(ErrorCode::kIo, "cannot start an image decoder: {}", errno_text(errno));
}

DecoderProcess::~DecoderProcess() { (void)end(); }

void DecoderProcess::close() { (void)end(); }

int DecoderProcess::end() {
  if (pid_ < 0) return 0;
  ::kill(pid_, SIGKILL);  // what it finished stands in the shared memory; a dead one keeps its own status
  int status = 0;
  rusage usage{};
  while (::wait4(pid_, &status, 0, &usage) < 0 && errno == EINTR) {
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  cpu_seconds_ = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  pid_ = -1;
  dead_ = true;
  return status;
}

SharedSlot& DecoderProcess::slot(std::size_t index) const {
  return *reinterpret_cast<SharedSlot*>(memory_.bytes().data() + index * slot_stride_);
}

bool DecoderProcess::send(const SampleRange& range) {
  DecodeMessage message{.count = static_cast<std::uint32_t>(range.count), .first = range.first};
  while (std::any_of(sent_.begin(), sent_.end(), [&](const Sent& sent) { return sent.slot == message.slot; })) {
    ++message.slot;
  }
  Sent sent{.slot = message.slot, .range = range, .not_opened = std::vector<std::string>(range.count)};
  std::vector<UniqueFd> files;
  for (std::size_t i = 0; i < range.count; ++i) {
    try {
      UniqueFd file = work_.dataset->open(range.first + i);
      if (!file) continue;
      files.push_back(std::move(file));
      message.with_file |= std::uint64_t{1} << i;
    } catch (const Error& error) {
      if (!has_descriptors()) return false;
      sent.not_opened[i] = to_utf8(error.what());
      message.left_out |= std::uint64_t{1} << i;
    }
  }
  slot(sent.slot).done.store(0, std::memory_order_release);
  const int error = send_with_files(socket_.get(), message, files);
  if (error == ETOOMANYREFS || error == EMFILE || error == ENFILE) return false;
  sent_.push_back(std::move(sent));
  if (error != 0) dead_ = true;
  return true;
}

DecodedRange DecoderProcess::collect(const Sent& sent, std::size_t count) const {
  std::byte* base = memory_.bytes().data() + sent.slot * slot_stride_;
  auto* pixels = reinterpret_cast<std::uint8_t*>(base + slot_bytes({}, 0));
  DecodedRange range{.first = sent.range.first, .samples = {}, .pixels = {pixels, count * work_.pixel_bytes}};
  for (std::size_t i = 0; i < count; ++i) {
    if (sent.not_opened[i].empty()) {
      range.samples.push_back(slot(sent.slot).samples[i].load());
    } else {
      std::fill_n(pixels + i * work_.pixel_bytes, work_.pixel_bytes, std::uint8_t{0});
      range.samples.push_back({.skip_reason = sent.not_opened[i], .content_sha256 = {}, .said = {}});
    }
  }
  return range;
}

std::optional<DecodedRange> DecoderProcess::receive() {
  std::uint32_t answered = 0;
  const ssize_t got = ::recv(socket_.get(), &answered, sizeof answered, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
  const bool is_answer =
      got == static_cast<ssize_t>(sizeof answered) && !sent_.empty() && sent_.front().slot == answered;
  if (!is_answer || slot(answered).done.load(std::memory_order_acquire) != sent_.front().range.count) {
    lied_ = got > 0;
    dead_ = true;  // or as good as dead
    return std::nullopt;
  }
  DecodedRange range = collect(sent_.front(), sent_.front().range.count);
  sent_.pop_front();
  ++requests_done_;
  return range;
}

bool DecoderProcess::is_late(double seconds_more) {
  if (sent_.empty()) return false;
  const std::pair<std::size_t, std::size_t> now{requests_done_,
                                                slot(sent_.front().slot).done.load(std::memory_order_relaxed)};
  if (std::exchange(at_, now) != now) seconds_at_ = 0.0;
  seconds_at_ += seconds_more;
  return seconds_at_ > work_.limits.image_seconds;
}

std::string DecoderProcess::how_it_ended(int status) const {
  std::string text;
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    text = "decoder killed: " + signal_text(SIGKILL) + ", perhaps for memory";
  } else if (WIFSIGNALED(status)) {
    text = "decoder crashed: " + signal_text(WTERMSIG(status));
  } else {
    text = fmt::format("decoder ended with exit code {}", WEXITSTATUS(status));
  }
  std::array<char, 200> said{};
  const off_t end = messages_ ? ::lseek(messages_.get(), 0, SEEK_CUR) : 0;
  const auto bytes = static_cast<std::size_t>(std::clamp<off_t>(end, 0, static_cast<off_t>(said.size())));
  const ssize_t got = bytes > 0 ? ::pread(messages_.get(), said.data(), bytes, 0) : 0;
  if (got > 0) text += ": " + one_line(to_utf8(std::string_view(said.data(), static_cast<std::size_t>(got))));
  return text;
}

DecodedRange DecoderProcess::bury(std::string reason, std::deque<SampleRange>& rest) {
  const int status = end();
  if (reason.empty()) reason = lied_ ? "the decoder answered wrongly" : how_it_ended(status);
  if (sent_.empty()) return {};
  Sent at = std::move(sent_.front());
  sent_.pop_front();
  const std::size_t done = std::min<std::size_t>(slot(at.slot).done.load(std::memory_order_acquire), at.range.count);
  // All done and no answer: it died between the two.
  DecodedRange range = collect(at, std::min(done + 1, at.range.count));
  if (done < at.range.count && at.not_opened[done].empty()) {
    DecodedSample& culprit = range.samples[done];
    culprit = {.skip_reason = std::move(reason), .content_sha256 = std::move(culprit.content_sha256), .said = {}};
    auto* pixels = const_cast<std::uint8_t*>(range.pixels.data());
    std::fill_n(pixels + done * work_.pixel_bytes, work_.pixel_bytes, std::uint8_t{0});
  }
  const std::size_t dealt_with = range.samples.size();
  for (const Sent& sent : sent_) rest.push_back(sent.range);
  sent_.clear();
  if (dealt_with < at.range.count) {
    rest.push_front({.first = at.range.first + dealt_with, .count = at.range.count - dealt_with});
  }
  return range;
}

}  // namespace qbench::datasets
