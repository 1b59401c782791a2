// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/refusals.h"

#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstring>

namespace qbench::sandbox {
namespace {

constexpr std::size_t kMostRefusals = 32;
constexpr std::size_t kMostText = 256;
constexpr const char* kIntroduction = "refused by the sandbox: ";

/// A text of fixed size: nothing may be allocated in a signal handler.
struct Refusal {
  std::atomic<bool> complete{false};
  std::array<char, kMostText> text{};
};

// Of the whole process: a signal handler has no other way to its data.
std::array<Refusal, kMostRefusals> refused;
std::atomic<std::size_t> refused_count{0};
std::atomic<bool> enclosed{false};
std::atomic<bool> forks{false};

class FixedText {
 public:
  void add(const char* more) noexcept {
    while (*more != '\0' && size_ + 1 < text_.size()) text_[size_++] = *more++;
  }
  [[nodiscard]] const std::array<char, kMostText>& text() const noexcept { return text_; }
  [[nodiscard]] const char* c_str() const noexcept { return text_.data(); }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::array<char, kMostText> text_{};
  std::size_t size_ = 0;
};

bool is_known(const FixedText& text) noexcept {
  for (const Refusal& refusal : refused) {
    if (refusal.complete.load(std::memory_order_acquire) && std::strcmp(refusal.text.data(), text.c_str()) == 0) {
      return true;
    }
  }
  return false;
}

void say(const FixedText& text) noexcept {
  FixedText line;
  line.add(kIntroduction);
  line.add(text.c_str());
  line.add("\n");
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, line.c_str(), line.size());
}

}  // namespace

std::vector<std::string> refusals() {
  std::vector<std::string> texts;
  for (const Refusal& refusal : refused) {
    if (refusal.complete.load(std::memory_order_acquire)) texts.emplace_back(refusal.text.data());
  }
  return texts;
}

void note_refusal(const char* what, const char* path) noexcept {
  const int error = errno;
  FixedText text;
  text.add(what);
  if (path != nullptr) {
    text.add(" '");
    text.add(path);
    text.add("'");
  }
  if (!is_known(text)) {
    const std::size_t slot = refused_count.fetch_add(1);
    if (slot < kMostRefusals) {
      refused[slot].text = text.text();
      refused[slot].complete.store(true, std::memory_order_release);
      say(text);
    }
  }
  errno = error;
}

bool is_enclosed() noexcept { return enclosed.load(std::memory_order_relaxed); }

bool may_start_processes() noexcept { return !is_enclosed() || forks.load(std::memory_order_relaxed); }

void set_enclosed(bool may_fork) noexcept {
  forks.store(may_fork);
  enclosed.store(true);
}

}  // namespace qbench::sandbox
