// SPDX-License-Identifier: Apache-2.0
#include "reports/junit_suite.h"

#include <fmt/format.h>

#include <utility>

#include "reports/text.h"

namespace qbench::reports {
namespace {

std::string element(const char* tag, std::string_view type, std::string_view message, std::string_view text) {
  const std::string attributes =
      type.empty() ? fmt::format("message=\"{}\"", xml_escaped(message))
                   : fmt::format("type=\"{}\" message=\"{}\"", xml_escaped(type), xml_escaped(message));
  if (text.empty()) return fmt::format("      <{} {}/>\n", tag, attributes);
  return fmt::format("      <{} {}>{}</{}>\n", tag, attributes, xml_escaped(text), tag);
}

}  // namespace

JunitSuite::JunitSuite(std::string name) : name_(std::move(name)) {}

void JunitSuite::add(std::string_view name, double seconds, const std::string& body) {
  cases_ += fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.3f}\"", xml_escaped(name_),
                        xml_escaped(name), seconds);
  cases_ += body.empty() ? "/>\n" : fmt::format(">\n{}    </testcase>\n", body);
  ++tests_;
  seconds_ += seconds;
}

void JunitSuite::pass(std::string_view name, double seconds) { add(name, seconds, {}); }

void JunitSuite::failure(std::string_view name, std::string_view type, std::string_view message, double seconds) {
  ++failures_;
  add(name, seconds, element("failure", type, message, {}));
}

void JunitSuite::error(std::string_view name, std::string_view type, std::string_view message, std::string_view text,
                       double seconds) {
  ++errors_;
  add(name, seconds, element("error", type, message, text));
}

void JunitSuite::skipped(std::string_view name, std::string_view message, double seconds) {
  ++skipped_;
  add(name, seconds, element("skipped", {}, message, {}));
}

std::string JunitSuite::text(std::string_view timestamp) const {
  return fmt::format(
      "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\" time=\"{:.3f}\"{}>\n"
      "{}  </testsuite>\n",
      xml_escaped(name_), tests_, failures_, errors_, skipped_, seconds_,
      timestamp.empty() ? "" : fmt::format(" timestamp=\"{}\"", xml_escaped(timestamp)), cases_);
}

std::string junit_document(std::string_view suites) {
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n{}</testsuites>\n", suites);
}

}  // namespace qbench::reports
