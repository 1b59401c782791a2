// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "core/files.h"

namespace qbench::engine {

using Clock = std::chrono::steady_clock;

/// Length-prefixed CBOR messages over one end of a stream socket. Not thread safe.
class Channel {
 public:
  explicit Channel(UniqueFd fd) : fd_(std::move(fd)) {}

  /// The peer gets descriptors of its own for `files`, at most two. Throws Error(kIo) when the peer is gone.
  void send(const nlohmann::json& message, std::span<const UniqueFd> files = {});

  /// The descriptors that came with the messages received since the last call, in order.
  [[nodiscard]] std::vector<UniqueFd> take_files() { return std::exchange(files_, {}); }

  /// The next whole message, waiting as long as needed; nullopt when the peer closed its end.
  /// Throws Error(kIo) on a malformed message (cbor_check.h).
  [[nodiscard]] std::optional<nlohmann::json> receive();

  /// Reads what has arrived without waiting and returns a message once it is whole. Sets closed() at end of stream.
  [[nodiscard]] std::optional<nlohmann::json> try_receive();

  [[nodiscard]] bool closed() const noexcept { return closed_; }
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }

 private:
  [[nodiscard]] std::optional<nlohmann::json> take_message();
  bool read_some(bool wait);

  UniqueFd fd_;
  std::vector<std::byte> buffer_;
  std::vector<UniqueFd> files_;
  bool closed_ = false;
};

}  // namespace qbench::engine
