// SPDX-License-Identifier: Apache-2.0
#include "reports/html_report.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <regex>
#include <set>

#include "reports/confusion_tables.h"
#include "reports/html_style.h"
#include "reports/html_text.h"
#include "tests/reports/xml_check.h"
#include "tests/support/sample_record.h"

namespace qbench::reports {
namespace {

class HtmlReportTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::string text_of(const Record& record) const {
    const Comparison comparison = compare_cells(record, predictions_);
    return html_report_text(
        {record, comparison, predictions_, {}, [](std::size_t) { return testing::hostile_name(); }});
  }
  std::vector<CellPredictions> predictions_ = testing::sample_predictions();
};

std::string without_doctype(const std::string& page) { return page.substr(page.find('\n') + 1); }

/// Every "<name ...>" of the page.
std::vector<std::string> tags_of(const std::string& page) {
  static const std::regex kTag("<[^>]*>");
  return {std::sregex_token_iterator(page.begin(), page.end(), kTag), std::sregex_token_iterator()};
}

TEST_F(HtmlReportTest, IsWellFormedWithHostileNamesEverywhere) {
  Record record = testing::sample_record();
  record.name = record.board.name = record.cells[0].variant = testing::hostile_name();
  record.cells[4].lanes[0].outcome.reason = "</style><script>alert(1)</script><!--";
  record.settings_json = R"({"x":"</pre><script>"})";
  EXPECT_EQ(testing::xml_fault(without_doctype(text_of(record))), "");
}

TEST_F(HtmlReportTest, HoldsOnlyHarmlessElementsAndAttributes) {
  const std::set<std::string> allowed{
      "html", "head",   "meta",       "title", "style", "body", "main",  "section", "h1",       "h2",   "h3",     "p",
      "ul",   "li",     "bdi",        "b",     "pre",   "div",  "table", "thead",   "tbody",    "tr",   "th",     "td",
      "span", "figure", "figcaption", "svg",   "g",     "line", "text",  "circle",  "polyline", "rect", "doctype"};
  static const std::regex kName("[a-z0-9]+");
  static const std::regex kBadAttribute("\\s(on\\w+|style|href|src|xlink:href|action)=");
  for (const std::string& tag : tags_of(text_of(testing::sample_record()))) {
    std::smatch name;
    ASSERT_TRUE(std::regex_search(tag, name, kName)) << tag;
    EXPECT_TRUE(allowed.count(name[0]) == 1) << tag;
    EXPECT_FALSE(std::regex_search(tag, kBadAttribute)) << tag;
  }
}

TEST_F(HtmlReportTest, PolicyAllowsItsOwnStyleOnly) {
  const std::string page = text_of(testing::sample_record());
  EXPECT_NE(page.find("default-src 'none'; style-src " + csp_hash(kHtmlStyle) + ";"), std::string::npos);
  EXPECT_NE(page.find(fmt::format("<style>{}</style>", kHtmlStyle)), std::string::npos);
  EXPECT_LT(page.find("Content-Security-Policy"), page.find("<style>"));
}

TEST_F(HtmlReportTest, NothingNotANumberReachesThePage) {
  Record record = testing::sample_record();
  record.cells[1].lanes[0].blocks.clear();
  record.cells[2].model.bytes = 0;
  const std::string page = text_of(record);
  for (const char* word : {">nan", "\"nan", "inf,", "\"inf", ">-nan", "undefined"}) {
    EXPECT_EQ(page.find(word), std::string::npos) << word;
  }
}

TEST_F(HtmlReportTest, EmptyRecordSaysWhatIsMissing) {
  const std::string page = text_of(Record{});
  EXPECT_EQ(testing::xml_fault(without_doctype(page)), "");
  EXPECT_NE(page.find("Nothing to show for: Verdicts, "), std::string::npos);
}

TEST_F(HtmlReportTest, ManyVariantsAndClassesStaySmall) {
  Record record = testing::sample_record();
  const CellRecord cell = record.cells[0];
  record.cells.clear();
  for (int i = 0; i < 60; ++i) {
    record.cells.push_back(cell);
    record.cells.back().id = fmt::format("cell-{}", i);
    record.cells.back().accuracy->confusion.assign(100, std::vector<std::int64_t>(101, 1));
  }
  const std::string page = text_of(record);
  EXPECT_NE(page.find("The last 48 variants are not drawn."), std::string::npos);
  EXPECT_LT(page.size(), 500000U);
}

TEST_F(HtmlReportTest, ConfusedPairsAreTheLargestFirst) {
  Record record = testing::sample_record();
  record.cells[0].accuracy->confusion = {{90, 7, 0, 0, 3}, {0, 100, 0, 0, 0}, {1, 0, 98, 1, 0}, {0, 0, 0, 0, 0}};
  const Comparison comparison = compare_cells(record);
  const TextTable table = confused_pairs({record, comparison}, record.cells[0], 2);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"circle", testing::hostile_name(), "7", "7.000 %"}));
  EXPECT_EQ(table.rows[1][1], "no class");
}

TEST_F(HtmlReportTest, ConfusedPairsOfManyClassesAreReadFromTheList) {
  Record record = testing::sample_record();
  record.cells[0].accuracy->confusion.clear();
  record.cells[0].accuracy->confused = {{0, 0, 90}, {0, 1, 7}, {0, -1, 3}, {1, 1, 100}};
  const Comparison comparison = compare_cells(record);
  const TextTable table = confused_pairs({record, comparison}, record.cells[0], 2);
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[0], (std::vector<std::string>{"circle", testing::hostile_name(), "7", "7.000 %"}));
  EXPECT_EQ(table.rows[1][1], "no class");
}

TEST_F(HtmlReportTest, ChangedImagesListsTheLostOnesFirst) {
  const Record record = testing::sample_record();
  const Comparison comparison = compare_cells(record, predictions_);
  const ReportInput input{record, comparison, predictions_, {}, [](std::size_t i) { return std::to_string(i); }};
  const TextTable table = changed_images(input, record.cells[1], 24);
  ASSERT_EQ(table.rows.size(), 5U);
  EXPECT_EQ(table.rows[0].front(), "7");
  EXPECT_EQ(table.rows[0].back(), "lost");
  EXPECT_EQ(table.rows[4].front(), "50");
  EXPECT_EQ(table.rows[4].back(), "gained");
  EXPECT_EQ(changed_images(input, record.cells[1], 3).rows.size(), 3U);
  EXPECT_TRUE(changed_images(input, record.cells[0], 24).rows.empty());
}

TEST(HtmlTextTest, NamesCannotBecomeMarkup) {
  EXPECT_EQ(html_escaped("<b a=\"1\">&'"), "&lt;b a=&quot;1&quot;&gt;&amp;&apos;");
  EXPECT_EQ(html_name(""), "<bdi>(empty)</bdi>");
  EXPECT_EQ(html_name("a\xE2\x80\xAE"), "<bdi>a\\u{202e}</bdi>");
}

TEST(HtmlTextTest, Base64FollowsItsStandard) {
  const auto encoded = [](std::string_view text) {
    return base64({reinterpret_cast<const unsigned char*>(text.data()), text.size()});
  };
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encoded("\xFB\xFF\xFE"), "+//+");
}

TEST(HtmlTextTest, PolicyHashIsTheBase64OfTheSha256) {
  EXPECT_EQ(csp_hash(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
}

/// Contrast of two colours after WCAG 2.1.
double contrast(const std::string& a, const std::string& b) {
  const auto luminance = [](const std::string& hex) {
    double sum = 0.0;
    for (std::size_t i = 0; i < 3; ++i) {
      const double part = std::stoi(hex.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
      const double linear = part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
      sum += linear * std::array{0.2126, 0.7152, 0.0722}[i];
    }
    return sum;
  };
  const double first = luminance(a);
  const double second = luminance(b);
  return (std::max(first, second) + 0.05) / (std::min(first, second) + 0.05);
}

TEST(HtmlStyleTest, ColoursCanBeReadOnEveryBackground) {
  const std::string style(kHtmlStyle);
  static const std::regex kBlock(":root \\{([^}]*)\\}");
  static const std::regex kVariable("--(\\w+): (#[0-9a-f]{6});");
  int blocks = 0;
  for (std::sregex_iterator block(style.begin(), style.end(), kBlock), end; block != end; ++block, ++blocks) {
    const std::string body = (*block)[1];
    std::map<std::string, std::string> colours;
    for (std::sregex_iterator v(body.begin(), body.end(), kVariable); v != end; ++v) colours[(*v)[1]] = (*v)[2];
    for (const char* text : {"ink", "soft", "bad"}) {
      EXPECT_GE(contrast(colours.at(text), colours.at("paper")), 4.5) << text << " in block " << blocks;
    }
    EXPECT_GE(contrast(colours.at("ink"), colours.at("fill")), 4.5);
    for (int i = 0; i < 8; ++i) {
      EXPECT_GE(contrast(colours.at(fmt::format("c{}", i)), colours.at("paper")), 3.0) << i << " in block " << blocks;
    }
  }
  EXPECT_EQ(blocks, 3);
}

}  // namespace
}  // namespace qbench::reports
