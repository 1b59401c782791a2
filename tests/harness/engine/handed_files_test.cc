// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/handed_files.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "harness/engine/channel.h"
#include "tests/support/paths.h"

namespace qbench::engine {
namespace {

class HandedFilesTest : public ::testing::Test {
 protected:
  std::string make_file(const char* name, const char* text) {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path) << text;
    return path.string();
  }
  qbench::testing::TemporaryFolder folder_;
};

TEST_F(HandedFilesTest, AreTheCacheAndTheScoresOfAnAttach) {
  const std::string cache = make_file("cache", "pixels");
  EXPECT_EQ(open_handed_files({{"op", "attach"}, {"cache", cache}}).size(), 1U);
  EXPECT_EQ(open_handed_files({{"op", "attach"}, {"cache", cache}, {"scores", make_file("scores", "")}}).size(), 2U);
  EXPECT_TRUE(open_handed_files({{"op", "first"}}).empty());
}

TEST_F(HandedFilesTest, AMissingOneIsNamed) {
  EXPECT_THROW((void)open_handed_files({{"op", "attach"}, {"cache", "/no/such/file"}}), Error);
}

TEST_F(HandedFilesTest, TravelWithTheMessage) {
  std::array<int, 2> fds{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0);
  Channel left{UniqueFd(fds[0])};
  Channel right{UniqueFd(fds[1])};
  const nlohmann::json request = {
      {"op", "attach"}, {"cache", make_file("cache", "pixels")}, {"scores", make_file("scores", "")}};
  left.send(request, open_handed_files(request));
  EXPECT_EQ(right.receive(), request);
  const std::vector<UniqueFd> files = right.take_files();
  ASSERT_EQ(files.size(), 2U);
  std::array<char, 6> text{};
  EXPECT_EQ(::read(files[0].get(), text.data(), text.size()), 6);
  EXPECT_EQ(std::string(text.data(), text.size()), "pixels");
  EXPECT_EQ(::write(files[1].get(), "1", 1), 1);
  EXPECT_TRUE(right.take_files().empty());
}

}  // namespace
}  // namespace qbench::engine
