// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/channel.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "core/error.h"
#include "harness/engine/cbor_check.h"

namespace qbench::engine {
namespace {

/// Ten times what the longest block of samples takes.
constexpr std::uint32_t kMaxMessageBytes = 16U << 20;
constexpr std::size_t kMostFiles = 2;

/// Room for the descriptors that travel beside the bytes.
union FilesBuffer {
  std::array<char, CMSG_SPACE(kMostFiles * sizeof(int))> bytes;
  cmsghdr alignment;
};

ssize_t send_with_files(int socket, std::span<std::byte> bytes, std::span<const UniqueFd> files) {
  FilesBuffer buffer{};
  iovec data{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = buffer.bytes.data();
  message.msg_controllen = CMSG_SPACE(files.size() * sizeof(int));
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(files.size() * sizeof(int));
  std::vector<int> numbers;
  for (const UniqueFd& file : files) numbers.push_back(file.get());
  std::memcpy(CMSG_DATA(header), numbers.data(), numbers.size() * sizeof(int));
  return ::sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t receive_with_files(int socket, std::span<std::byte> bytes, int flags, std::vector<UniqueFd>& files) {
  FilesBuffer buffer{};
  iovec data{bytes.data(), bytes.size()};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = buffer.bytes.data();
  message.msg_controllen = sizeof buffer.bytes;
  const ssize_t got = ::recvmsg(socket, &message, flags | MSG_CMSG_CLOEXEC);
  if (got < 0) return got;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    std::array<int, kMostFiles> numbers{};
    const std::size_t count = std::min((header->cmsg_len - CMSG_LEN(0)) / sizeof(int), kMostFiles);
    std::memcpy(numbers.data(), CMSG_DATA(header), count * sizeof(int));
    for (std::size_t i = 0; i < count; ++i) files.emplace_back(numbers[i]);
  }
  return got;
}

}  // namespace

void Channel::send(const nlohmann::json& message, std::span<const UniqueFd> files) {
  const std::vector<std::uint8_t> body = nlohmann::json::to_cbor(message);
  const auto length = static_cast<std::uint32_t>(body.size());
  std::vector<std::byte> frame(sizeof length + body.size());
  std::memcpy(frame.data(), &length, sizeof length);
  std::memcpy(frame.data() + sizeof length, body.data(), body.size());
  std::size_t sent = 0;
  while (sent < frame.size()) {
    const auto rest = std::span(frame).subspan(sent);
    const ssize_t got = sent == 0 && !files.empty() ? send_with_files(fd_.get(), rest, files)
                                                    : ::send(fd_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw Error(ErrorCode::kIo, "worker connection: {}", errno_text(errno));
    sent += static_cast<std::size_t>(got);
  }
}

std::optional<nlohmann::json> Channel::receive() {
  while (true) {
    if (auto message = take_message()) return message;
    if (closed_ || !read_some(true)) return std::nullopt;
  }
}

std::optional<nlohmann::json> Channel::try_receive() {
  while (true) {
    if (auto message = take_message()) return message;
    if (closed_ || !read_some(false)) return std::nullopt;
  }
}

bool Channel::read_some(bool wait) {
  std::array<std::byte, 1 << 14> chunk{};
  while (true) {
    const ssize_t got = receive_with_files(fd_.get(), chunk, wait ? 0 : MSG_DONTWAIT, files_);
    if (got > 0) {
      buffer_.insert(buffer_.end(), chunk.begin(), chunk.begin() + got);
      return true;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return false;
    closed_ = true;  // end of stream, or a reset by a killed worker
    return false;
  }
}

std::optional<nlohmann::json> Channel::take_message() {
  std::uint32_t length = 0;
  if (buffer_.size() < sizeof length) return std::nullopt;
  std::memcpy(&length, buffer_.data(), sizeof length);
  if (length > kMaxMessageBytes) throw Error(ErrorCode::kIo, "worker connection: message of {} bytes", length);
  if (buffer_.size() < sizeof length + length) return std::nullopt;
  check_cbor(std::span(buffer_).subspan(sizeof length, length));
  const auto* body = reinterpret_cast<const std::uint8_t*>(buffer_.data()) + sizeof length;
  nlohmann::json message = nlohmann::json::from_cbor(body, body + length, true, false);
  if (message.is_discarded()) throw Error(ErrorCode::kIo, "worker connection: malformed message");
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(sizeof length + length));
  return message;
}

}  // namespace qbench::engine
