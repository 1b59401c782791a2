// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qbench::reports {

/// One <testsuite> of a JUnit file. Texts are escaped here.
class JunitSuite {
 public:
  explicit JunitSuite(std::string name);

  void pass(std::string_view name, double seconds = 0.0);
  void failure(std::string_view name, std::string_view type, std::string_view message, double seconds = 0.0);
  /// `text` is the body of the element: what a program printed last.
  void error(std::string_view name, std::string_view type, std::string_view message, std::string_view text = {},
             double seconds = 0.0);
  void skipped(std::string_view name, std::string_view message, double seconds = 0.0);

  /// The element with its counts and cases; `timestamp` is ISO 8601 or empty.
  [[nodiscard]] std::string text(std::string_view timestamp = {}) const;

 private:
  void add(std::string_view name, double seconds, const std::string& body);

  std::string name_;
  std::string cases_;
  int tests_ = 0;
  int failures_ = 0;
  int errors_ = 0;
  int skipped_ = 0;
  double seconds_ = 0.0;
};

/// A whole JUnit file of such suites.
[[nodiscard]] std::string junit_document(std::string_view suites);

}  // namespace qbench::reports
