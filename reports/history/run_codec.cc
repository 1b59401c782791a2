// SPDX-License-Identifier: Apache-2.0
#include "reports/history/run_codec.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_file.h"
#include "core/sha256.h"

namespace qbench::reports::history {
namespace {

constexpr std::uint64_t kFormat = 1;  // first number of every blob
constexpr std::uint64_t kMostItems = 1ULL << 26;

void expect_format(ByteReader& reader) {
  if (reader.number() != kFormat) reader.damaged();
}

template <typename Item, typename Field>
std::vector<std::int64_t> column(const std::vector<Item>& items, Field field) {
  std::vector<std::int64_t> values(items.size());
  std::ranges::transform(items, values.begin(), field);
  return values;
}

std::int64_t milliseconds(double seconds) {
  constexpr double kMost = 1e12;
  return std::isfinite(seconds) ? std::llround(std::clamp(seconds, -kMost, kMost) * 1e3) : 0;
}

std::span<const std::byte> text_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

int class_of(std::int64_t value, const ByteReader& reader) {
  if (!std::in_range<std::int32_t>(value)) reader.damaged();
  return static_cast<int>(value);
}

}  // namespace

Bytes pack_blocks(const std::vector<BlockRecord>& blocks) {
  ByteWriter writer;
  writer.number(kFormat);
  writer.number(blocks.size());
  ByteWriter columns;
  write_deltas(columns, column(blocks, [](const BlockRecord& block) { return std::int64_t{block.round}; }));
  write_deltas(columns, column(blocks, [](const BlockRecord& block) { return std::int64_t{block.process}; }));
  write_deltas(columns, column(blocks, [](const BlockRecord& block) { return milliseconds(block.start_s); }));
  write_deltas(columns, column(blocks, [](const BlockRecord& block) { return std::ssize(block.samples_ns); }));
  writer.section(columns.bytes());
  std::vector<std::int64_t> samples;
  for (const BlockRecord& block : blocks) {
    samples.insert(samples.end(), block.samples_ns.begin(), block.samples_ns.end());
  }
  write_planes(writer, samples);
  return writer.take();
}

std::vector<BlockRecord> unpack_blocks(std::span<const std::byte> bytes, const std::string& source) {
  ByteReader reader(bytes, source);
  expect_format(reader);
  const std::size_t count = reader.count(kMostItems);
  const Bytes content = reader.section();
  ByteReader columns(content, source);
  const auto rounds = read_deltas(columns, count);
  const auto processes = read_deltas(columns, count);
  const auto starts = read_deltas(columns, count);
  const auto lengths = read_deltas(columns, count);
  columns.finish();
  std::uint64_t total = 0;
  for (const std::int64_t length : lengths) {
    total += static_cast<std::uint64_t>(length);
    if (length < 0 || total > kMostItems) reader.damaged();
  }
  const std::vector<std::int64_t> samples = read_planes(reader, total);
  reader.finish();
  std::vector<BlockRecord> blocks(count);
  auto next = samples.begin();
  for (std::size_t i = 0; i < count; ++i) {
    blocks[i] = {class_of(rounds[i], reader), class_of(processes[i], reader), static_cast<double>(starts[i]) / 1e3, {}};
    blocks[i].samples_ns.assign(next, next + lengths[i]);
    next += lengths[i];
  }
  return blocks;
}

Bytes pack_record(const Record& record) {
  Record light = record;
  for (CellRecord& cell : light.cells) {
    for (LaneRecord& lane : cell.lanes) lane.blocks.clear();
  }
  const std::string text = record_to_json(light).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  ByteWriter writer;
  writer.number(kFormat);
  writer.section(text_bytes(text));
  return writer.take();
}

Record unpack_record(std::span<const std::byte> bytes, const std::string& source) {
  ByteReader reader(bytes, source);
  expect_format(reader);
  const Bytes content = reader.section();
  reader.finish();
  const auto json = try_parse_json({reinterpret_cast<const char*>(content.data()), content.size()});
  if (!json) reader.damaged();
  return record_from_json(*json, source);
}

PackedPredictions pack_predictions(std::vector<Prediction> predictions) {
  std::ranges::sort(predictions, {}, &Prediction::sample);
  ByteWriter truth;
  truth.number(kFormat);
  truth.number(predictions.size());
  ByteWriter samples;
  write_deltas(samples, column(predictions, [](const Prediction& one) { return std::int64_t{one.sample}; }));
  truth.section(samples.bytes());
  write_planes(truth, column(predictions, [](const Prediction& one) { return std::int64_t{one.label}; }));
  ByteWriter answers;
  answers.number(kFormat);
  answers.number(predictions.size());
  // Mostly zeros: the model is mostly right.
  write_planes(answers,
               column(predictions, [](const Prediction& one) { return std::int64_t{one.top1()} - one.label; }));
  write_planes(answers, column(predictions, [](const Prediction& one) { return std::int64_t{one.finite ? 1 : 0}; }));
  return {truth.take(), answers.take()};
}

std::vector<Prediction> unpack_predictions(std::span<const std::byte> truth, std::span<const std::byte> answers,
                                           const std::string& source) {
  ByteReader images(truth, source);
  ByteReader classes(answers, source);
  expect_format(images);
  expect_format(classes);
  const std::size_t count = images.count(kMostItems);
  if (classes.count(kMostItems) != count) classes.damaged();
  const Bytes content = images.section();
  ByteReader numbers(content, source);
  const auto samples = read_deltas(numbers, count);
  numbers.finish();
  const auto labels = read_planes(images, count);
  images.finish();
  const auto offsets = read_planes(classes, count);
  const auto finite = read_planes(classes, count);
  classes.finish();
  std::vector<Prediction> predictions(count);
  for (std::size_t i = 0; i < count; ++i) {
    Prediction& one = predictions[i];
    if (!std::in_range<std::uint32_t>(samples[i])) images.damaged();
    one.sample = static_cast<std::uint32_t>(samples[i]);
    one.label = class_of(labels[i], images);
    one.finite = finite[i] != 0;
    const int best = class_of(labels[i] + class_of(offsets[i], classes), classes);
    one.count = best >= 0 ? 1 : 0;
    one.classes[0] = best;
  }
  return predictions;
}

Bytes run_identity(const Record& record) {
  Sha256 hash;
  hash.update(fmt::format("{}\n{}\n{}\n{}\n", record.created_utc, record.board.id, record.board.unit, record.seed));
  for (const CellRecord& cell : record.cells) {
    hash.update(fmt::format("{}\n{}\n", cell.id, cell.accuracy ? cell.accuracy->prediction_sha256 : ""));
    for (const LaneRecord& lane : cell.lanes) {
      hash.update(fmt::format("{}\n", lane.batch));
      for (const BlockRecord& block : lane.blocks) {
        hash.update(fmt::format("{} {}\n", block.round, block.samples_ns.size()));
        hash.update(std::as_bytes(std::span(block.samples_ns)));
      }
    }
  }
  return from_hex(hash.finish());
}

std::optional<Bytes> measured_identity(const Record& record) {
  Sha256 hash;
  bool any = false;
  for (const CellRecord& cell : record.cells) {
    for (const LaneRecord& lane : cell.lanes) {
      hash.update(fmt::format("lane {}\n", lane.batch));
      for (const BlockRecord& block : lane.blocks) {
        any = any || !block.samples_ns.empty();
        hash.update(std::as_bytes(std::span(block.samples_ns)));
      }
    }
  }
  return any ? std::optional(from_hex(hash.finish())) : std::nullopt;
}

Bytes from_hex(std::string_view text) {
  const auto digit = [](char c) {
    if (c >= '0' && c <= '9') return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  Bytes bytes;
  if (text.size() % 2 != 0) return bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = digit(text[i]);
    const int low = digit(text[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes.push_back(static_cast<std::byte>(high * 16 + low));
  }
  return bytes;
}

std::string to_hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return text;
}

}  // namespace qbench::reports::history
