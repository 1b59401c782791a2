// SPDX-License-Identifier: Apache-2.0
// A worker that does its work and then answers wrongly: hostile_worker-SEED (the seed stands in its own file name,
// since a worker has no other way to be told) spoils one answer in one of the ways below. Started by qbench like
// qbench-worker.
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "harness/engine/channel.h"
#include "harness/engine/worker.h"
#include "runners/builtin.h"

namespace {

using nlohmann::json;
using Bytes = std::vector<std::uint8_t>;

/// The parent's socket.
int parent_fd = -1;

bool write_all(const void* data, std::size_t size) {
  const auto* bytes = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = ::send(parent_fd, bytes, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool send_frame(const Bytes& body) {
  const auto length = static_cast<std::uint32_t>(body.size());
  return write_all(&length, sizeof length) && write_all(body.data(), body.size());
}

void sleep_ms(int ms) { std::this_thread::sleep_for(std::chrono::milliseconds(ms)); }

class Spoiler {
 public:
  explicit Spoiler(std::uint64_t seed) : random_(seed) {
    op_ = one_of({"load", "load", "attach", "first", "block", "block", "block", "evaluate", "evaluate"});
    skip_ = op_ == std::string_view("block") ? below(4) : below(2);
    way_ = below(3) > 0 ? 0 : 1 + below(static_cast<int>(ways_.size()) - 1);
  }

  /// Whether this answer to `op` is the one to spoil.
  bool wants(const std::string& op) { return op == op_ && skip_-- == 0; }
  /// False: nothing more can be said.
  bool answer(const json& reply) { return ways_[static_cast<std::size_t>(way_)](reply); }

 private:
  int below(int limit) { return static_cast<int>(random_() % static_cast<std::uint64_t>(limit)); }
  template <typename T>
  T one_of(const std::vector<T>& values) {
    return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
  }
  const char* one_of(const std::vector<const char*>& values) {
    return values[static_cast<std::size_t>(below(static_cast<int>(values.size())))];
  }

  json odd_value(const json& old) {
    const double inf = std::numeric_limits<double>::infinity();
    const std::vector<json> numbers{0,
                                    -1,
                                    1,
                                    std::int64_t{1} << 31,
                                    std::numeric_limits<std::int64_t>::max(),
                                    std::numeric_limits<std::int64_t>::min(),
                                    std::numeric_limits<std::uint64_t>::max(),
                                    1e308,
                                    -1e308,
                                    0.5,
                                    std::nan(""),
                                    inf,
                                    -inf};
    const std::vector<json> others{json::array(),
                                   json::object(),
                                   nullptr,
                                   "x",
                                   true,
                                   json(std::vector<int>(1000, 0)),
                                   json(std::vector<int>(4, -1)),
                                   std::string(100000, 'y'),
                                   "\x1b]0;PWN\x07\xff"};
    if (old.is_number() && below(4) > 0) return one_of(numbers);
    if (old.is_array() && !old.empty() && below(3) == 0) {
      json longer = old;
      if (below(2) == 0)
        longer.erase(longer.size() - 1);
      else
        longer.insert(longer.end(), old.begin(), old.end());
      return longer;
    }
    return below(3) > 0 ? one_of(others) : one_of(numbers);
  }

  /// One value somewhere in `value` goes or becomes another.
  void change(json& value) {
    if (!value.is_structured() || value.empty()) {
      value = odd_value(value);
      return;
    }
    auto child = value.begin();
    std::advance(child, below(static_cast<int>(std::min<std::size_t>(value.size(), 64))));
    if (child->is_structured() && !child->empty() && below(3) > 0) {
      change(*child);
    } else if (value.is_object() && below(4) == 0) {
      value.erase(child);
    } else {
      *child = odd_value(*child);
    }
  }

  bool send(const json& reply) { return send_frame(json::to_cbor(reply)); }

  bool mutated(json reply) {
    for (int left = 1 + below(3); left > 0; --left) change(reply);
    return send(reply);
  }
  bool nothing(const json&) { return send(one_of(std::vector<json>{json::object(), json::array(), nullptr, 5, "x"})); }
  bool nested(const json&) {
    const std::size_t depth = one_of(std::vector<std::size_t>{100, 10'000, 1'000'000});
    Bytes body;
    if (below(2) == 0) {
      body.assign(depth, 0x81);  // a list of one
    } else {
      for (std::size_t i = 0; i < depth; ++i) body.insert(body.end(), {0xa1, 0x61, 'a'});  // {"a": ...}
    }
    body.push_back(0);
    return send_frame(body);
  }
  bool huge_length(const json&) {
    const auto length = one_of(std::vector<std::uint32_t>{0xffffffffU, 256U << 20, 0x7fffffffU});
    return write_all(&length, sizeof length) && write_all("abcd", 4);
  }
  bool huge_vector(const json&) {
    return send_frame(one_of(std::vector<Bytes>{{0x9b, 0x0f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
                                                {0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff},
                                                {0x7b, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff}}));
  }
  bool many_samples(json reply) {
    if (reply.contains("samples_ns")) reply["samples_ns"] = json(std::vector<int>(300'000, 1));
    reply["more"] = json(std::vector<int>(300'000, 1));
    return send(reply);
  }
  bool truncated(const json& reply) {
    const Bytes body = json::to_cbor(reply);
    const auto length = static_cast<std::uint32_t>(body.size() + 1);
    (void)(write_all(&length, sizeof length) && write_all(body.data(), body.size() / 2));
    ::_exit(0);
  }
  bool closed(const json&) {
    ::shutdown(parent_fd, SHUT_RDWR);
    ::close(parent_fd);
    sleep_ms(60'000);
    return false;
  }
  bool twice(const json& reply) { return send(reply) && send(reply); }
  bool garbage(const json& reply) {
    const std::string noise(1 << 20, '\x1b');
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) {
      [[maybe_unused]] const ssize_t wrote = ::write(fd, noise.data(), noise.size());
    }
    return send(reply);
  }
  bool quiet(const json& reply) {
    ::close(STDOUT_FILENO);
    ::close(STDERR_FILENO);
    sleep_ms(200);
    return send(reply);
  }
  bool grandchild(const json&) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      if (below(2) == 0) ::setsid();
      ::sleep(60);
      ::_exit(0);
    }
    ::abort();
  }
  bool failed(const json&) {
    return send(one_of(std::vector<json>{{{"error", 5}},
                                         {{"error", {{"code", 5}, {"message", json::array()}}}},
                                         {{"error", {{"code", "ok"}, {"message", "\x1b]0;PWN\x07<script>"}}}},
                                         {{"error", {{"code", "error"}, {"message", std::string(1 << 20, '=')}}}},
                                         {{"error", json::object()}}}));
  }
  bool drops(const json& reply) {
    for (const std::uint8_t byte : json::to_cbor({{"slow", true}})) {
      if (!write_all(&byte, 1)) return false;
      sleep_ms(20);
    }
    return send(reply);
  }
  bool silent(const json&) {
    sleep_ms(60'000);
    return false;
  }

  std::mt19937_64 random_;
  std::string op_;
  int skip_ = 0;
  int way_ = 0;
  const std::vector<std::function<bool(const json&)>> ways_{
      [this](const json& r) { return mutated(r); },     [this](const json& r) { return nothing(r); },
      [this](const json& r) { return nested(r); },      [this](const json& r) { return huge_length(r); },
      [this](const json& r) { return huge_vector(r); }, [this](const json& r) { return many_samples(r); },
      [this](const json& r) { return truncated(r); },   [this](const json& r) { return closed(r); },
      [this](const json& r) { return twice(r); },       [this](const json& r) { return garbage(r); },
      [this](const json& r) { return quiet(r); },       [this](const json& r) { return grandchild(r); },
      [this](const json& r) { return failed(r); },      [this](const json& r) { return drops(r); },
      [this](const json& r) { return silent(r); }};
};

std::uint64_t seed_of_name() {
  const std::string name = std::filesystem::read_symlink("/proc/self/exe").filename().string();
  std::uint64_t seed = 0;
  const std::size_t dash = name.rfind('-');
  if (dash != std::string::npos) std::from_chars(name.data() + dash + 1, name.data() + name.size(), seed);
  return seed;
}

int spoil(qbench::engine::Channel& from_parent, qbench::engine::Channel& worker) {
  Spoiler spoiler(seed_of_name());
  while (auto request = from_parent.receive()) {
    worker.send(*request, from_parent.take_files());
    const auto op = request->value("op", std::string());
    if (op == "quit") break;
    const auto reply = worker.receive();
    if (!reply) break;
    const bool said = spoiler.wants(op) ? spoiler.answer(*reply) : send_frame(json::to_cbor(*reply));
    if (!said) break;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr std::string_view kFlag = "--socket-fd=";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    if (argument.starts_with(kFlag)) parent_fd = std::stoi(std::string(argument.substr(kFlag.size())));
  }
  if (parent_fd < 0) return 2;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0) return 2;
  std::thread honest([fd = pair[1]] {
    try {
      (void)qbench::engine::run_worker(qbench::UniqueFd(fd), qbench::runners::builtin_runners(),
                                       {.version = "hostile", .git_commit = "none"});
    } catch (const std::exception& error) {
      fmt::print(stderr, "hostile_worker: {}\n", error.what());
    }
  });
  qbench::engine::Channel from_parent{qbench::UniqueFd(parent_fd)};
  qbench::engine::Channel worker{qbench::UniqueFd(pair[0])};
  try {
    ::_exit(spoil(from_parent, worker));
  } catch (const std::exception&) {
    ::_exit(1);
  }
}
