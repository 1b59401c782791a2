// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench::engine {
namespace {

struct Pair {
  Channel left;
  Channel right;
};

Pair make_pair() {
  std::array<int, 2> fds{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds.data()), 0);
  return {Channel(UniqueFd(fds[0])), Channel(UniqueFd(fds[1]))};
}

TEST(ChannelTest, AMessageArrivesAsItWasSent) {
  Pair pair = make_pair();
  const nlohmann::json message = {{"op", "block"}, {"samples", {1, 2, 3}}, {"text", std::string("a\0b", 3)}};
  pair.left.send(message);
  EXPECT_EQ(pair.right.receive(), message);
}

TEST(ChannelTest, MessagesKeepTheirOrderAndBorders) {
  Pair pair = make_pair();
  for (int i = 0; i < 100; ++i) pair.left.send(nlohmann::json{{"i", i}});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(pair.right.receive()->at("i"), i);
}

TEST(ChannelTest, NothingToReadIsNoMessageAndNoEnd) {
  Pair pair = make_pair();
  EXPECT_EQ(pair.right.try_receive(), std::nullopt);
  EXPECT_FALSE(pair.right.closed());
}

TEST(ChannelTest, APeerThatIsGoneEndsTheStream) {
  Pair pair = make_pair();
  pair.left = Channel(UniqueFd());
  EXPECT_EQ(pair.right.receive(), std::nullopt);
  EXPECT_TRUE(pair.right.closed());
  EXPECT_THROW(pair.right.send(nlohmann::json(1)), Error);
}

TEST(ChannelTest, RubbishIsRefused) {
  Pair pair = make_pair();
  const std::array<unsigned char, 8> rubbish{4, 0, 0, 0, 0xff, 0xff, 0xff, 0xff};
  ASSERT_EQ(::send(pair.left.fd(), rubbish.data(), rubbish.size(), 0), 8);
  EXPECT_THROW((void)pair.right.receive(), Error);
}

TEST(ChannelTest, AnAbsurdLengthIsRefusedBeforeItIsAllocated) {
  Pair pair = make_pair();
  const std::uint32_t length = 0xfffffff0U;
  ASSERT_EQ(::send(pair.left.fd(), &length, sizeof length, 0), 4);
  EXPECT_THROW((void)pair.right.receive(), Error);
}

}  // namespace
}  // namespace qbench::engine
