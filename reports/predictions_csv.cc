// SPDX-License-Identifier: Apache-2.0
#include "reports/predictions_csv.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <span>
#include <utility>

#include "core/assert.h"
#include "core/error.h"
#include "reports/csv_text.h"

namespace qbench::reports {
namespace {

constexpr std::size_t kFixedFields = 6;
constexpr std::size_t kFields = kFixedFields + 2 * Prediction::kTopK;
constexpr std::size_t kBufferBytes = 1U << 16U;

std::string header() {
  CsvRow row;
  for (const char* name : {"sample", "image", "label", "predicted", "correct", "finite"}) row.text(name);
  for (std::size_t place = 1; place <= Prediction::kTopK; ++place) {
    row.text(fmt::format("class_{}", place)).text(fmt::format("score_{}", place));
  }
  return row.take();
}

std::string row_of(std::string_view image, const Prediction& prediction) {
  CsvRow row;
  row.integer(prediction.sample).text(image).integer(prediction.label).integer(prediction.top1());
  row.integer(prediction.correct() ? 1 : 0).integer(prediction.finite ? 1 : 0);
  for (std::size_t place = 0; place < Prediction::kTopK; ++place) {
    if (place < prediction.count) {
      row.integer(prediction.classes[place]).number(prediction.scores[place]);
    } else {
      row.empty().empty();
    }
  }
  return row.take();
}

/// Reads the fields of one row from left to right.
class RowParser {
 public:
  RowParser(const std::vector<std::string>& fields, std::string_view source, std::size_t row)
      : fields_(fields), source_(source), row_(row) {}

  template <typename T>
  T number(const char* name) {
    const std::string& text = fields_[at_++];
    T value{};
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (code != std::errc() || end != text.data() + text.size()) fail(fmt::format("{} is '{}'", name, text));
    return value;
  }

  bool flag(const char* name) {
    const auto value = number<int>(name);
    if (value != 0 && value != 1) fail(fmt::format("{} is {}, not 0 or 1", name, value));
    return value == 1;
  }

  std::string text() { return csv_plain_text(fields_[at_++]); }
  [[nodiscard]] bool at_empty_pair() const { return fields_[at_].empty() && fields_[at_ + 1].empty(); }
  void skip_pair() { at_ += 2; }

  [[noreturn]] void fail(const std::string& what) const {
    throw Error(ErrorCode::kConfig, "'{}', row {}: {}; the file is damaged or no predictions file of this program",
                source_, row_, what);
  }

 private:
  const std::vector<std::string>& fields_;
  std::string_view source_;
  std::size_t row_;
  std::size_t at_ = 0;
};

void parse_top_classes(RowParser& parser, Prediction& prediction) {
  bool ended = false;
  for (std::size_t place = 0; place < Prediction::kTopK; ++place) {
    if (parser.at_empty_pair()) {
      ended = true;
      parser.skip_pair();
      continue;
    }
    if (ended) parser.fail("a class follows an empty place");
    prediction.classes[place] = parser.number<std::int32_t>("class");
    prediction.scores[place] = parser.number<float>("score");
    if (prediction.classes[place] < -1) parser.fail("a class below -1");
    ++prediction.count;
  }
}

void parse_row(RowParser& parser, PredictionTable& table) {
  Prediction prediction;
  prediction.sample = parser.number<std::uint32_t>("sample");
  table.images.push_back(parser.text());
  prediction.label = parser.number<std::int32_t>("label");
  const auto predicted = parser.number<std::int32_t>("predicted");
  const bool correct = parser.flag("correct");
  prediction.finite = parser.flag("finite");
  parse_top_classes(parser, prediction);
  if (predicted != prediction.top1()) parser.fail("'predicted' is not the first class");
  if (correct != prediction.correct()) parser.fail("'correct' contradicts label and prediction");
  table.predictions.push_back(prediction);
}

}  // namespace

PredictionsWriter::PredictionsWriter(std::filesystem::path path)
    : path_(std::move(path)), temporary_(path_.string() + ".tmp-XXXXXX") {
  fd_ = UniqueFd(::mkostemp(temporary_.data(), O_CLOEXEC));
  if (!fd_) throw Error(ErrorCode::kIo, "cannot write '{}': {}", path_.string(), errno_text(errno));
  buffer_ = header();
}

PredictionsWriter::~PredictionsWriter() {
  if (fd_) ::unlink(temporary_.c_str());
}

void PredictionsWriter::add(std::string_view image, const Prediction& prediction) {
  QBENCH_ASSERT(fd_);
  buffer_ += row_of(image, prediction);
  if (buffer_.size() >= kBufferBytes) flush();
}

void PredictionsWriter::flush() {
  write_all(fd_.get(), std::as_bytes(std::span(buffer_)), path_.string());
  buffer_.clear();
}

void PredictionsWriter::finish() {
  QBENCH_ASSERT(fd_);
  flush();
  ::fchmod(fd_.get(), 0644);
  if (::fsync(fd_.get()) != 0) {
    throw Error(ErrorCode::kIo, "syncing '{}' failed: {}", path_.string(), errno_text(errno));
  }
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) {
    throw Error(ErrorCode::kIo, "cannot write '{}': {}", path_.string(), errno_text(errno));
  }
  fd_.reset();
}

PredictionTable read_predictions_csv(const std::filesystem::path& path) {
  return parse_predictions_csv(read_text_file(path), path.string());
}

PredictionTable parse_predictions_csv(std::string_view text, std::string_view source) {
  if (!text.starts_with(header())) {
    throw Error(ErrorCode::kConfig, "'{}' does not start with the header of a predictions file", source);
  }
  if (!text.ends_with("\r\n")) throw Error(ErrorCode::kConfig, "'{}' is cut off in its last row", source);
  CsvReader reader(text, std::string(source));
  std::vector<std::string> fields;
  PredictionTable table;
  while (reader.next(fields)) {
    if (reader.row() == 1) continue;
    RowParser parser(fields, source, reader.row());
    if (fields.size() != kFields) parser.fail(fmt::format("{} fields instead of {}", fields.size(), kFields));
    parse_row(parser, table);
  }
  return table;
}

}  // namespace qbench::reports
