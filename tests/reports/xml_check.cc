// SPDX-License-Identifier: Apache-2.0
#include "tests/reports/xml_check.h"

#include <array>
#include <cctype>
#include <stdexcept>
#include <vector>

#include "reports/text.h"

namespace qbench::testing {
namespace {

/// Walks the document once; throws std::runtime_error at the first fault.
class XmlWalker {
 public:
  explicit XmlWalker(std::string_view text) : text_(text) {}

  void walk() {
    if (text_.starts_with("<?xml ")) at_ = text_.find("?>") + 2;
    check_characters();
    while (at_ < text_.size()) {
      if (text_[at_] == '<') {
        tag();
      } else {
        character(true);
      }
    }
    if (!open_.empty()) fail("'" + open_.back() + "' is never closed");
    if (roots_ != 1) fail("not exactly one root");
  }

 private:
  [[noreturn]] static void fail(const std::string& what) { throw std::runtime_error(what); }

  void check_characters() const {
    for (std::size_t at = 0; at < text_.size();) {
      const CodePoint point = decode_utf8(text_, at);
      const bool bad_utf8 = point.value == 0xFFFD && point.bytes == 1;
      const bool control = point.value < 0x20 && point.value != '\n' && point.value != '\t' && point.value != '\r';
      if (bad_utf8 || control || point.value == 0xFFFE || point.value == 0xFFFF) fail("a forbidden character");
      at += point.bytes;
    }
  }

  [[nodiscard]] char peek() const {
    if (at_ >= text_.size()) fail("cut off");
    return text_[at_];
  }
  void expect(char wanted) {
    if (peek() != wanted) fail(std::string("expected ") + wanted + ", found " + peek());
    ++at_;
  }
  void skip_spaces() {
    while (peek() == ' ' || peek() == '\n') ++at_;
  }

  std::string name() {
    const std::size_t start = at_;
    while (std::isalnum(static_cast<unsigned char>(peek())) != 0 || peek() == '_' || peek() == '-') ++at_;
    if (at_ == start) fail("a name is missing");
    return std::string(text_.substr(start, at_ - start));
  }

  void entity() {
    const std::size_t end = text_.find(';', at_);
    if (end == std::string_view::npos) fail("an entity without end");
    const std::string_view entity = text_.substr(at_, end - at_ + 1);
    constexpr std::array<std::string_view, 5> kNamed{"&amp;", "&lt;", "&gt;", "&quot;", "&apos;"};
    bool known = entity.starts_with("&#") && entity.size() > 3;
    for (std::size_t i = 2; known && i + 1 < entity.size(); ++i) {
      known = std::isdigit(static_cast<unsigned char>(entity[i])) != 0;
    }
    for (std::string_view candidate : kNamed) known = known || candidate == entity;
    if (!known) fail("an unknown entity");
    at_ = end + 1;
  }

  /// One character of text or of an attribute.
  void character(bool in_text) {
    const char now = peek();
    if (now == '<') fail("< in a value");
    if (in_text && open_.empty() && now != '\n') fail("text outside the root");
    if (in_text && text_.substr(at_).starts_with("]]>")) fail("]]> in text");
    if (now == '&') {
      entity();
    } else {
      ++at_;
    }
  }

  void tag() {
    expect('<');
    if (peek() == '/') {
      ++at_;
      if (open_.empty() || name() != open_.back()) fail("a closing tag without its opening one");
      open_.pop_back();
      expect('>');
      return;
    }
    const std::string element = name();
    if (open_.empty()) ++roots_;
    for (skip_spaces(); peek() != '>' && peek() != '/'; skip_spaces()) attribute();
    if (peek() == '/') {
      ++at_;
    } else {
      open_.push_back(element);
    }
    expect('>');
  }

  void attribute() {
    (void)name();
    expect('=');
    expect('"');
    while (peek() != '"') character(false);
    ++at_;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<std::string> open_;
  int roots_ = 0;
};

}  // namespace

std::string xml_fault(std::string_view text) {
  try {
    XmlWalker(text).walk();
    return {};
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace qbench::testing
