// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/scores.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <map>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/metrics/divergence.h"
#include "core/metrics/threshold.h"
#include "core/metrics/topk.h"
#include "core/sha256.h"

namespace qbench::engine {
namespace {

Prediction predict(std::span<const float> scores, const ScoresLayout& layout, std::size_t sample, int label) {
  Prediction prediction;
  prediction.sample = static_cast<std::uint32_t>(sample);
  prediction.label = label;
  prediction.finite = metrics::all_finite(scores);
  for (int output : metrics::top_k(scores, Prediction::kTopK)) {
    const int index = output - layout.label_offset;
    prediction.classes[prediction.count] = index >= 0 && index < layout.classes ? index : -1;
    prediction.scores[prediction.count] = scores[static_cast<std::size_t>(output)];
    ++prediction.count;
  }
  return prediction;
}

void add_tie(std::span<const float> scores, const metrics::RankRange& rank, std::size_t places, TieRecord& ties) {
  ties.images += metrics::ties_cross(scores, places) ? 1 : 0;
  ties.low += rank.worst < places ? 1 : 0;
  ties.high += rank.best < places ? 1 : 0;
}

void add_ties(std::span<const float> scores, const ScoresLayout& layout, int label, ScoreTies& ties) {
  const int output = label + layout.label_offset;
  if (!metrics::all_finite(scores) || output < 0 || static_cast<std::size_t>(output) >= scores.size()) return;
  const std::optional<metrics::RankRange> rank = metrics::rank_range(scores, output);
  if (!rank) return;
  add_tie(scores, *rank, 1, ties.top1);
  add_tie(scores, *rank, Prediction::kTopK, ties.top5);
}

void read_exactly(int fd, std::span<float> into, std::uint64_t offset, const std::filesystem::path& path) {
  auto bytes = std::as_writable_bytes(into);
  while (!bytes.empty()) {
    const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0)
      throw Error(ErrorCode::kIo, "reading '{}' failed: {}", path.string(), errno_text(got < 0 ? errno : EIO));
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

/// The rows of the samples that could be read, one after the other.
std::vector<float> good_scores(const std::filesystem::path& path, std::size_t outputs,
                               std::span<const datasets::CacheEntry> entries) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw Error(ErrorCode::kIo, "cannot read '{}': {}", path.string(), errno_text(errno));
  std::vector<float> scores(entries.size() * outputs);
  read_exactly(fd.get(), scores, 0, path);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].ok) continue;
    std::copy_n(scores.begin() + static_cast<std::ptrdiff_t>(i * outputs), outputs,
                scores.begin() + static_cast<std::ptrdiff_t>(kept * outputs));
    ++kept;
  }
  scores.resize(kept * outputs);
  return scores;
}

/// A signalling NaN: arithmetic makes quiet ones only.
constexpr std::uint32_t kUnwritten = 0x7FA5'C3D2;

bool is_unwritten(float score) { return std::bit_cast<std::uint32_t>(score) == kUnwritten; }

void write_at(int fd, std::span<const std::byte> bytes, std::uint64_t offset, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
}

/// Short rows are written as a whole, many at a time; of long ones the first value, which leaves the rest sparse.
void mark_unwritten(int fd, std::size_t samples, std::size_t outputs, const std::filesystem::path& path) {
  constexpr std::size_t kLongRow = 1024;
  const std::size_t rows_at_a_time = outputs < kLongRow ? (1U << 18U) / std::max<std::size_t>(outputs, 1) : 1;
  const std::size_t floats = outputs < kLongRow ? rows_at_a_time * outputs : 1;
  const std::vector<std::uint32_t> marks(floats, kUnwritten);
  for (std::size_t row = 0; row < samples; row += rows_at_a_time) {
    const std::size_t count = std::min(floats, (samples - row) * outputs);
    write_at(fd, std::as_bytes(std::span(marks).first(count)), row * outputs * sizeof(float), path);
  }
}

void fill_scores_file(int fd, std::size_t samples, std::size_t outputs, const std::filesystem::path& path) {
  if (::ftruncate(fd, static_cast<off_t>(samples * outputs * sizeof(float))) != 0) {
    throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
  }
  mark_unwritten(fd, samples, outputs, path);
}

}  // namespace

void create_scores_file(const std::filesystem::path& path, std::size_t samples, std::size_t outputs) {
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!fd) throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
  fill_scores_file(fd.get(), samples, outputs, path);
}

std::filesystem::path create_scores_beside(const std::filesystem::path& final_path, std::size_t samples,
                                           std::size_t outputs) {
  std::string name = final_path.string() + ".tmp-XXXXXX";
  const UniqueFd fd(::mkostemp(name.data(), O_CLOEXEC));
  if (!fd) throw Error(ErrorCode::kIo, "cannot write '{}': {}", final_path.string(), errno_text(errno));
  try {
    ::fchmod(fd.get(), 0644);
    fill_scores_file(fd.get(), samples, outputs, name);
  } catch (...) {
    ::unlink(name.c_str());
    throw;
  }
  return name;
}

std::string scores_file_name(const std::string& cell) { return cell + ".scores.f32"; }

std::vector<Prediction> read_predictions(const std::filesystem::path& path, const ScoresLayout& layout,
                                         std::span<const datasets::CacheEntry> entries, ScoreTies* ties) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) throw Error(ErrorCode::kIo, "cannot read '{}': {}", path.string(), errno_text(errno));
  constexpr std::size_t kFloatsAtATime = 1 << 18;
  const std::size_t rows = std::max<std::size_t>(1, kFloatsAtATime / layout.outputs);
  std::vector<float> scores(rows * layout.outputs);
  std::vector<Prediction> predictions;
  predictions.reserve(entries.size());
  for (std::size_t first = 0; first < entries.size(); first += rows) {
    const std::size_t count = std::min(rows, entries.size() - first);
    const auto piece = std::span(scores).first(count * layout.outputs);
    read_exactly(fd.get(), piece, first * layout.outputs * sizeof(float), path);
    for (std::size_t i = 0; i < count; ++i) {
      const datasets::CacheEntry& entry = entries[first + i];
      if (!entry.ok) continue;
      const auto row = piece.subspan(i * layout.outputs, layout.outputs);
      if (is_unwritten(row[0])) {
        throw Error(ErrorCode::kIo, "the scores of image {} were never written into '{}'", first + i, path.string());
      }
      predictions.push_back(predict(row, layout, first + i, entry.label));
      if (ties != nullptr) add_ties(row, layout, entry.label, *ties);
    }
  }
  return predictions;
}

DivergenceRecord score_divergence(const ScorePair& pair, std::span<const datasets::CacheEntry> entries) {
  const std::vector<float> baseline = good_scores(pair.baseline, pair.outputs, entries);
  const std::vector<float> variant = good_scores(pair.variant, pair.outputs, entries);
  const metrics::Divergence divergence = metrics::compare_scores(baseline, variant, pair.outputs);
  return {.against = {},
          .images = static_cast<std::int64_t>(divergence.rows),
          .not_finite = static_cast<std::int64_t>(divergence.rows_not_finite),
          .kl_mean = divergence.kl_mean,
          .kl_p99 = divergence.kl_p99,
          .score_step = divergence.step,
          .max_difference = divergence.max_abs_difference,
          .cosine_mean = divergence.cosine_mean};
}

ThresholdRecord calibrate_threshold(std::span<const Prediction> predictions) {
  std::vector<metrics::TwoClassAnswer> answers;
  for (const Prediction& prediction : predictions) {
    if (!prediction.finite) continue;
    const float best = prediction.scores[0];
    const float second = prediction.classes[0] == 1 ? best : prediction.scores[1];
    answers.push_back({.second = second, .is_second = prediction.label == 1});
  }
  const metrics::ThresholdChoice choice = metrics::best_threshold(std::move(answers));
  return {.used = 0.5, .best = choice.threshold, .correct = static_cast<std::int64_t>(choice.correct)};
}

std::string predictions_digest(std::span<const Prediction> predictions) {
  Sha256 hash;
  const auto add = [&hash](auto value) { hash.update(std::as_bytes(std::span(&value, 1))); };
  for (const Prediction& prediction : predictions) {
    add(std::int64_t{prediction.sample});
    add(std::int64_t{prediction.label});
    add(std::int64_t{prediction.finite ? 1 : 0});
    for (std::size_t place = 0; place < prediction.count; ++place) {
      const float score = prediction.scores[place];
      add(std::int64_t{prediction.classes[place]});
      // A file of text keeps no more of a NaN than that it is one, and no sign of a zero.
      add(std::isnan(score) ? std::uint32_t{kUnwritten} : std::bit_cast<std::uint32_t>(score + 0.0F));
    }
  }
  return hash.finish();
}

AccuracyRecord summarize(std::span<const Prediction> predictions, int classes) {
  AccuracyRecord record;
  const auto count = static_cast<std::size_t>(classes);
  record.per_class.resize(count);
  const bool dense = count <= kMostConfusionClasses;
  if (dense) record.confusion.assign(count, std::vector<std::int64_t>(count + 1, 0));
  std::map<std::pair<std::int32_t, std::int32_t>, std::int64_t> confused;
  Sha256 hash;
  for (const Prediction& prediction : predictions) {
    const std::int32_t top1 = prediction.top1();
    hash.update(std::as_bytes(std::span(&top1, 1)));
    const auto label = static_cast<std::size_t>(prediction.label);
    const auto first = prediction.classes.begin();
    const bool in_top5 =
        prediction.finite && std::find(first, first + prediction.count, prediction.label) != first + prediction.count;
    record.images += 1;
    record.correct += prediction.correct() ? 1 : 0;
    record.correct_top5 += in_top5 ? 1 : 0;
    record.non_finite += prediction.finite ? 0 : 1;
    record.per_class[label].images += 1;
    record.per_class[label].correct += prediction.correct() ? 1 : 0;
    const std::int32_t predicted = prediction.finite ? top1 : -1;
    if (dense) {
      record.confusion[label][predicted < 0 ? count : static_cast<std::size_t>(predicted)] += 1;
    } else {
      ++confused[{prediction.label, predicted}];
    }
  }
  for (const auto& [pair, images] : confused) record.confused.push_back({pair.first, pair.second, images});
  record.prediction_sha256 = hash.finish();
  return record;
}

}  // namespace qbench::engine
