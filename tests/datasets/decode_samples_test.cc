// SPDX-License-Identifier: Apache-2.0
#include "datasets/decode_samples.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <map>
#include <thread>

#include "core/error.h"
#include "core/open_file.h"
#include "core/sha256.h"
#include "tests/datasets/sample_images.h"
#include "tests/support/one_cpu.h"
#include "tests/support/paths.h"

namespace qbench::datasets {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

/// Samples whose stored byte is their number, with one of which something happens in the decoder.
class Staged : public Dataset {
 public:
  explicit Staged(std::size_t count, std::size_t at = 0, std::function<void()> event = {})
      : at_(at), event_(std::move(event)) {
    for (std::size_t i = 0; i < count; ++i) samples_.push_back({fmt::format("image {}", i), 0});
  }
  [[nodiscard]] std::string kind() const override { return "staged"; }
  [[nodiscard]] const std::vector<Sample>& samples() const override { return samples_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] UniqueFd open(std::size_t) const override { return {}; }
  [[nodiscard]] std::vector<std::byte> read(std::size_t index, int) const override {
    return {static_cast<std::byte>(index)};
  }
  [[nodiscard]] LoadResult decode(std::size_t index, std::span<const std::byte> stored, bool) const override {
    if (index == at_ && event_) event_();
    const auto value = std::to_integer<std::uint8_t>(stored[0]);
    return {.image = {.height = 1, .width = 2, .channels = 1, .pixels = {value, value}}, .skip_reason = {}};
  }

 private:
  std::size_t at_;
  std::function<void()> event_;
  std::vector<Sample> samples_;
  std::vector<std::string> names_{"a"};
};

struct Taken {
  std::map<std::size_t, DecodedSample> samples;
  std::map<std::size_t, int> pixels;
  DecodeReport report;
  [[nodiscard]] std::size_t good() const {
    std::size_t count = 0;
    for (const auto& [index, sample] : samples) count += sample.ok() ? 1 : 0;
    return count;
  }
};

Taken decode_all(const Dataset& dataset, const DecodeLimits& limits = {}, const DecodeOptions& options = {.jobs = 2}) {
  Taken taken;
  const DecodeWork work{.dataset = &dataset,
                        .pixel_bytes = 1,
                        .make_pixels =
                            [](const Image& image, std::span<std::uint8_t> out) {
                              out[0] = image.pixels[0];
                              return std::string();
                            },
                        .limits = limits};
  taken.report = decode_samples(
      work, {0, dataset.samples().size()},
      [&](const DecodedRange& range) {
        for (std::size_t i = 0; i < range.samples.size(); ++i) {
          EXPECT_TRUE(taken.samples.emplace(range.first + i, range.samples[i]).second) << "given twice";
          taken.pixels[range.first + i] = range.pixels[i];
        }
      },
      options);
  return taken;
}

/// All but `bad` are there with their pixels; returns why `bad` was skipped.
std::string only_skipped(const Taken& taken, std::size_t count, std::size_t bad) {
  EXPECT_EQ(taken.samples.size(), count);
  EXPECT_EQ(taken.good(), count - 1);
  for (const auto& [index, pixel] : taken.pixels) EXPECT_EQ(pixel, index == bad ? 0 : static_cast<int>(index));
  const std::byte stored{static_cast<unsigned char>(bad)};
  EXPECT_EQ(taken.samples.at(bad).content_sha256, sha256_hex(std::span(&stored, 1))) << "the fingerprint depends on it";
  return taken.samples.at(bad).skip_reason;
}

TEST(DecodeSamplesTest, EverySampleIsGivenOnce) {
  const Taken taken = decode_all(Staged(200));
  EXPECT_EQ(taken.samples.size(), 200U);
  EXPECT_EQ(taken.good(), 200U);
  EXPECT_EQ(taken.pixels.at(137), 137);
  EXPECT_EQ(taken.samples.at(5).width, 2);
  EXPECT_FALSE(taken.report.stopped);
}

TEST(DecodeSamplesTest, ACrashSkipsItsImageAndNamesTheSignal) {
  const Taken taken = decode_all(Staged(100, 41, [] { std::raise(SIGSEGV); }));
  EXPECT_THAT(only_skipped(taken, 100, 41), AnyOf(StartsWith("decoder crashed: signal 11 (Segmentation fault)"),
                                                  StartsWith("decoder ended with exit code")));  // under a sanitizer
}

TEST(DecodeSamplesTest, ACrashKeepsTheLastWordsOfTheLibrary) {
  const Taken taken = decode_all(Staged(10, 4, [] {
    std::fputs("libfancy: table \x1b[31mruined\n", stderr);
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
  }));
  EXPECT_EQ(only_skipped(taken, 10, 4), "decoder crashed: signal 6 (Aborted): libfancy: table [31mruined");
}

TEST(DecodeSamplesTest, EveryImageMayCrash) {
  class Ruined : public Staged {
   public:
    Ruined() : Staged(20) {}
    [[nodiscard]] LoadResult decode(std::size_t, std::span<const std::byte>, bool) const override { ::_exit(7); }
  };
  const Taken taken = decode_all(Ruined());
  EXPECT_EQ(taken.samples.size(), 20U);
  EXPECT_EQ(taken.good(), 0U);
  EXPECT_EQ(taken.samples.at(19).skip_reason, "decoder ended with exit code 7");
}

TEST(DecodeSamplesTest, AHangingImageIsGivenUp) {
  const Taken taken = decode_all(Staged(40, 3, [] { ::pause(); }), {.image_seconds = 0.3});
  EXPECT_EQ(only_skipped(taken, 40, 3), "timeout: not decoded within 0.3 s");
}

TEST(DecodeSamplesTest, SlowImagesThatGoOnAreNotLate) {
  class Slow : public Staged {
   public:
    Slow() : Staged(8) {}
    [[nodiscard]] LoadResult decode(std::size_t index, std::span<const std::byte> stored, bool exif) const override {
      std::this_thread::sleep_for(std::chrono::milliseconds(120));
      return Staged::decode(index, stored, exif);
    }
  };
  EXPECT_EQ(decode_all(Slow(), {.image_seconds = 0.4}, {.jobs = 1}).good(), 8U);
}

TEST(DecodeSamplesTest, AnImageThatWantsTooMuchMemoryIsSkipped) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers allow no limit";
#endif
  const Staged greedy(30, 11, [] { std::vector<char>(std::size_t{300} << 20U, 'x').at(5) = 'y'; });
  EXPECT_EQ(only_skipped(decode_all(greedy, {.memory_bytes = std::size_t{100} << 20U}), 30, 11),
            "memory limit: decoding it takes more than 100 MB");
  EXPECT_EQ(decode_all(greedy).good(), 30U) << "the usual limit";
}

TEST(DecodeSamplesTest, WhatALibraryPrintsBelongsToItsImage) {
  const Taken taken = decode_all(Staged(50, 20, [] { std::fputs("Corrupt data: 3 bytes\nmore\n", stderr); }));
  EXPECT_EQ(taken.good(), 50U);
  EXPECT_EQ(taken.samples.at(20).said, "Corrupt data: 3 bytes more");
  EXPECT_EQ(taken.samples.at(19).said, "");
  EXPECT_EQ(taken.samples.at(21).said, "");
}

TEST(DecodeSamplesTest, TheDecoderHasNoDescriptorButItsOwn) {
  const UniqueFd secret(::open("/etc/passwd", O_RDONLY));
  const Taken taken = decode_all(Staged(3, 1, [fd = secret.get()] {
    char byte = 0;
    if (::read(fd, &byte, 1) >= 0 || ::write(STDIN_FILENO, "x", 1) < 0) ::_exit(9);
  }));
  EXPECT_EQ(taken.good(), 3U);
}

TEST(DecodeSamplesTest, TheDecoderReachesNothing) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "AddressSanitizer has no system call filter";
#endif
  const Taken taken = decode_all(Staged(3, 1, [] {
    if (::socket(AF_INET, SOCK_STREAM, 0) >= 0) ::_exit(10);
    if (::open("/tmp/made-by-a-decoder", O_WRONLY | O_CREAT, 0600) >= 0) ::_exit(11);
    if (::fork() >= 0) ::_exit(12);
  }));
  EXPECT_EQ(taken.good(), 3U);
  EXPECT_THAT(taken.samples.at(1).said, HasSubstr("socket"));
}

TEST(DecodeSamplesTest, NoMoreDecodersThanSamplesOrUsableCpus) {
  EXPECT_EQ(decode_all(Staged(3), {}, {.jobs = 8}).report.jobs, 3);
  EXPECT_GE(decode_all(Staged(9), {}, {}).report.jobs, 1);
  testing::on_one_cpu([] { EXPECT_EQ(decode_all(Staged(9), {}, {}).report.jobs, 1); });
}

/// Bytes that a taken-over decoder leaves in the shared memory.
TEST(DecodeSamplesTest, WhatADecoderTellsIsNotBelieved) {
  SharedSample shared;
  auto* bytes = reinterpret_cast<unsigned char*>(&shared);
  std::fill_n(bytes, sizeof shared, 0xFF);
  const DecodedSample sample = shared.load();
  EXPECT_EQ(sample.content_sha256, "");
  EXPECT_GE(sample.width, 0);
  EXPECT_THAT(sample.said, StartsWith("\\xff\\xff"));
  std::fill_n(bytes, sizeof shared, 0);
  EXPECT_EQ(shared.load().skip_reason, "the decoder gave no reason");
}

TEST(DecodeSamplesTest, StopEndsEarly) {
  std::stop_source stop;
  stop.request_stop();
  const Taken taken = decode_all(Staged(50), {}, {.stop = stop.get_token()});
  EXPECT_TRUE(taken.report.stopped);
  EXPECT_EQ(taken.samples.size(), 0U);
}

TEST(DecodeSamplesTest, WhatTakeThrowsComesOut) {
  const Staged dataset(10);
  EXPECT_THROW(decode_samples({.dataset = &dataset}, {0, 10},
                              [](const DecodedRange&) { throw Error(ErrorCode::kIo, "full"); }, {}),
               Error);
}

/// One file for each sample.
class Filed : public Staged {
 public:
  explicit Filed(std::size_t count) : Staged(count) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::byte byte{static_cast<unsigned char>(i)};
      if (i != 2) samples::write(path(i), std::span(&byte, 1));
    }
  }
  [[nodiscard]] UniqueFd open(std::size_t index) const override { return open_for_reading(path(index)); }
  [[nodiscard]] std::vector<std::byte> read(std::size_t index, int file) const override {
    return read_open_file(file, path(index));
  }

 private:
  [[nodiscard]] std::filesystem::path path(std::size_t index) const { return folder_.path() / std::to_string(index); }
  testing::TemporaryFolder folder_;
};

TEST(DecodeSamplesTest, FilesAreOpenedForTheDecoderAndMissingOnesNamed) {
  const Taken taken = decode_all(Filed(100));
  EXPECT_EQ(taken.good(), 99U);
  EXPECT_EQ(taken.pixels.at(99), 99);
  EXPECT_EQ(taken.pixels.at(2), 0);
  EXPECT_THAT(taken.samples.at(2).skip_reason, AllOf(StartsWith("cannot read '"), HasSubstr("No such file")));
  EXPECT_EQ(taken.samples.at(2).content_sha256, "");
}

TEST(DecodeSamplesTest, TooFewDescriptorsAreOneErrorAndNoSkippedImages) {
  const Filed dataset(60);
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const UniqueFd probe(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(probe.get()) + 12;
  ::setrlimit(RLIMIT_NOFILE, &few);
  std::string text = "no error";
  try {
    (void)decode_all(dataset);
  } catch (const Error& error) {
    text = error.what();
  }
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_THAT(text, HasSubstr("ulimit -n"));
}

}  // namespace
}  // namespace qbench::datasets
