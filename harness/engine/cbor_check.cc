// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/cbor_check.h"

#include <array>
#include <cstdint>

#include "core/error.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kDeepest = 16;
constexpr std::uint64_t kMostValues = 1U << 20;

[[noreturn]] void refuse(std::string_view why) { throw Error(ErrorCode::kIo, "worker connection: {}", why); }

/// The kinds of values, as the first three bits of each say.
enum class Kind : std::uint8_t { kUnsigned, kNegative, kBytes, kText, kArray, kMap, kTag, kSimple };

struct Head {
  Kind kind = Kind::kSimple;
  std::uint64_t value = 0;
};

class CborScan {
 public:
  explicit CborScan(std::span<const std::byte> message) : left_(message) {}

  void run() {
    open_[0] = 1;
    while (true) {
      if (open_[depth_] > 0) {
        --open_[depth_];
        visit(read_head());
      } else if (depth_ > 0) {
        --depth_;
      } else {
        break;
      }
    }
    if (!left_.empty()) refuse("something follows the message");
  }

 private:
  Head read_head() {
    if (++values_ > kMostValues) refuse("a message of too many values");
    const std::uint64_t first = take(1);
    const std::uint64_t form = first & 0x1fU;
    Head head{static_cast<Kind>(first >> 5U), form};
    if (form > 27) refuse("a value without a length");
    if (form >= 24) head.value = take(std::size_t{1} << (form - 24));
    return head;
  }

  /// A number of so many bytes, the largest first.
  std::uint64_t take(std::size_t bytes) {
    std::uint64_t value = 0;
    for (const std::byte byte : skip(bytes)) value = (value << 8U) | std::to_integer<std::uint64_t>(byte);
    return value;
  }

  std::span<const std::byte> skip(std::uint64_t bytes) {
    if (bytes > left_.size()) refuse("a message that ends early");
    const auto taken = left_.first(static_cast<std::size_t>(bytes));
    left_ = left_.subspan(taken.size());
    return taken;
  }

  void visit(const Head& head) {
    switch (head.kind) {
      case Kind::kUnsigned:
      case Kind::kNegative:
      case Kind::kSimple:
        return;
      case Kind::kText:
        (void)skip(head.value);
        return;
      case Kind::kArray:
        return open(head.value, 1);
      case Kind::kMap:
        return open(head.value, 2);
      case Kind::kBytes:
      case Kind::kTag:
        refuse("a value of a foreign kind");
    }
  }

  void open(std::uint64_t count, std::uint64_t values_each) {
    if (count > left_.size()) refuse("a message that ends early");  // every value takes a byte
    if (++depth_ == kDeepest) refuse("a message nested too deeply");
    open_[depth_] = count * values_each;
  }

  std::span<const std::byte> left_;
  std::array<std::uint64_t, kDeepest> open_{};  // values that each open array or map still waits for
  std::size_t depth_ = 0;
  std::uint64_t values_ = 0;
};

}  // namespace

void check_cbor(std::span<const std::byte> message) { CborScan(message).run(); }

}  // namespace qbench::engine
