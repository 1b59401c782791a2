// SPDX-License-Identifier: Apache-2.0
#include "datasets/decoder_child.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <new>
#include <vector>

#include "core/error.h"
#include "core/sandbox/sandbox.h"
#include "core/sha256.h"
#include "datasets/decoder_memory.h"
#include "datasets/image_file_dataset.h"

namespace qbench::datasets {
namespace {

constexpr std::int64_t kMostMessageBytes = 64 << 10U;
constexpr std::size_t kSaidBytes = 200;
constexpr std::size_t kSlotAlignment = 64;

/// What it allocates from now on; sanitizers reserve terabytes, which any limit would refuse.
void limit_allocations([[maybe_unused]] std::size_t bytes) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const UniqueFd statm(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
  std::array<char, 256> text{};
  if (!statm || ::read(statm.get(), text.data(), text.size() - 1) <= 0) return;
  unsigned long data_pages = 0;
  if (std::sscanf(text.data(), "%*u %*u %*u %*u %*u %lu", &data_pages) != 1) return;
  const rlim_t most = data_pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE)) + bytes;
  const rlimit limit{most, most};
  ::setrlimit(RLIMIT_DATA, &limit);
#endif
}

/// When the system's memory ends the decoder goes, not the harness.
void offer_to_the_oom_killer() {
  const UniqueFd oom(::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC));
  if (oom) [[maybe_unused]]
    const ssize_t ignored = ::write(oom.get(), "1000", 4);
}

/// Ctrl-C reaches the whole group; the harness ends its decoders itself.
void settle_signals() {
  for (const int ignored : {SIGINT, SIGHUP, SIGPIPE}) std::signal(ignored, SIG_IGN);
  std::signal(SIGTERM, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

class Decoder {
 public:
  Decoder(const DecodeWork& work, std::span<std::byte> memory, std::size_t slot_stride, int socket)
      : work_(work), memory_(memory), slot_stride_(slot_stride), socket_(socket) {}

  void run() {
    DecodeMessage request;
    while (receive(request)) {
      answer(request);
      if (::send(socket_, &request.slot, sizeof request.slot, MSG_NOSIGNAL) < 0) return;
    }
  }

 private:
  /// Waits for a request; false when there will be none.
  bool receive(DecodeMessage& request) {
    iovec body{&request, sizeof request};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostInRequest * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &body;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    ssize_t got = -1;
    do {
      got = ::recvmsg(socket_, &message, MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    files_.clear();
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    if (header != nullptr && header->cmsg_type == SCM_RIGHTS) {
      std::vector<int> fds((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
      std::memcpy(fds.data(), CMSG_DATA(header), fds.size() * sizeof(int));
      for (const int fd : fds) files_.emplace_back(fd);
    }
    return got == static_cast<ssize_t>(sizeof request);
  }

  void answer(const DecodeMessage& request) {
    std::byte* base = memory_.data() + request.slot * slot_stride_;
    auto* slot = reinterpret_cast<SharedSlot*>(base);
    auto* pixels = reinterpret_cast<std::uint8_t*>(base + slot_bytes({}, 0));
    auto file = files_.begin();
    for (std::uint32_t i = 0; i < request.count; ++i) {
      UniqueFd own;
      if ((request.with_file >> i & 1U) != 0 && file != files_.end()) own = std::move(*file++);
      if ((request.left_out >> i & 1U) == 0) {
        const std::span out(pixels + i * work_.pixel_bytes, work_.pixel_bytes);
        const DecodedSample sample = decode(request.first + i, own.get(), slot->samples[i], out);
        if (!sample.ok()) std::fill(out.begin(), out.end(), std::uint8_t{0});
        slot->samples[i].store(sample);
      }
      slot->done.store(i + 1, std::memory_order_release);
    }
  }

  DecodedSample decode(std::size_t index, int file, SharedSample& shared, std::span<std::uint8_t> out) const {
    DecodedSample sample;
    shared.store_hash({});
    try {
      const std::vector<std::byte> stored = work_.dataset->read(index, file);
      sample.content_sha256 = sha256_hex(stored);
      shared.store_hash(sample.content_sha256);
      LoadResult loaded = work_.dataset->decode(index, stored, work_.apply_exif);
      sample.skip_reason = std::move(loaded.skip_reason);
      sample.width = loaded.image.width;
      sample.height = loaded.image.height;
      sample.reoriented = loaded.reoriented;
      if (sample.ok() && !out.empty()) sample.skip_reason = work_.make_pixels(loaded.image, out);
    } catch (const Error& error) {
      sample.skip_reason = to_utf8(error.what());
    } catch (const std::bad_alloc&) {
      sample.skip_reason =
          fmt::format("memory limit: decoding it takes more than {} MB", work_.limits.memory_bytes >> 20U);
    }
    sample.said = said();
    return sample;
  }

  /// What was printed since it was asked last.
  [[nodiscard]] static std::string said() {
    const off_t end = ::lseek(STDERR_FILENO, 0, SEEK_CUR);
    if (end <= 0) return {};
    std::string text(std::min<std::size_t>(static_cast<std::size_t>(end), kSaidBytes), '\0');
    const ssize_t got = ::pread(STDERR_FILENO, text.data(), text.size(), 0);
    ::lseek(STDERR_FILENO, 0, SEEK_SET);
    text.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return one_line(text);
  }

  const DecodeWork& work_;
  std::span<std::byte> memory_;
  std::size_t slot_stride_;
  int socket_;
  std::vector<UniqueFd> files_;  // of the request in work
};

}  // namespace

std::size_t slot_bytes(const DecodeWork& work, std::size_t count) noexcept {
  const std::size_t header = (sizeof(SharedSlot) + kSlotAlignment - 1) / kSlotAlignment * kSlotAlignment;
  return (header + count * work.pixel_bytes + kSlotAlignment - 1) / kSlotAlignment * kSlotAlignment;
}

void run_decoder(const DecodeWork& work, std::span<std::byte> memory, std::size_t slot_stride, int socket, int messages,
                 pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(0);
  settle_signals();
  const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(messages >= 0 ? messages : nothing, STDOUT_FILENO);
  ::dup2(messages >= 0 ? messages : nothing, STDERR_FILENO);
  std::vector<int> kept = work.dataset->shared_files();
  kept.push_back(socket);
  limit_allocations(work.limits.memory_bytes);
  offer_to_the_oom_killer();
  (void)sandbox::apply({.largest_file = kMostMessageBytes, .kept_descriptors = std::move(kept)});
  try {
    Decoder(work, memory, slot_stride, socket).run();
  } catch (const std::exception& error) {
    [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, error.what(), std::strlen(error.what()));
    ::_exit(1);
  }
  ::_exit(0);
}

}  // namespace qbench::datasets
