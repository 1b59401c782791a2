// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/channel.h"

#include <sys/socket.h>

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

}  // namespace

void Channel::send(const nlohmann::json& message) {
  const std::vector<std::uint8_t> body = nlohmann::json::to_cbor(message);
  const auto length = static_cast<std::uint32_t>(body.size());
  std::vector<std::byte> frame(sizeof length + body.size());
  std::memcpy(frame.data(), &length, sizeof length);
  std::memcpy(frame.data() + sizeof length, body.data(), body.size());
  std::size_t sent = 0;
  while (sent < frame.size()) {
    const ssize_t got = ::send(fd_.get(), frame.data() + sent, frame.size() - sent, MSG_NOSIGNAL);
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
    const ssize_t got = ::recv(fd_.get(), chunk.data(), chunk.size(), wait ? 0 : MSG_DONTWAIT);
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
