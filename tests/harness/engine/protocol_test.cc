// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/protocol.h"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench::engine {
namespace {

using nlohmann::json;

json load_body() {
  const json tensor = {{"name", "image"},
                       {"shape", {1, 8, 8, 3}},
                       {"dtype", "int8"},
                       {"quantization", {{"scale", 0.5}, {"zero_point", -128}}}};
  return {{"id", 1},
          {"load_ms", 1.5},
          {"memory", {{"before", 1 << 22}, {"peak", 1 << 23}}},
          {"batching", "native"},
          {"inputs", {tensor}},
          {"outputs", {tensor, tensor}},
          {"runner",
           {{"name", "fake"},
            {"version", "1"},
            {"library", ""},
            {"library_sha256", ""},
            {"kernels", "builtin"},
            {"notes", {"a note"}},
            {"delegate_create_ms", 0.0},
            {"accelerated_parts", 1},
            {"builtin_ops", {{"CONV_2D", 3}}}}}};
}

json block_body() {
  return {{"id", 1},
          {"samples_ns", {100, 200}},
          {"encode_ns", {1, 2}},
          {"copy_in_ns", {1, 2}},
          {"copy_out_ns", {1, 2}},
          {"planted_ns", {50, 60}},
          {"cpu_ns", 150},
          {"memory", {{"before", 0}, {"peak", 1 << 23}}}};
}

constexpr double kSeconds = 0.1;

/// Why a body is refused; empty when it is not.
std::string why_refused(const std::function<void(const Answer&)>& read, const json& body, double seconds = kSeconds) {
  try {
    read({.body = body, .seconds = seconds});
  } catch (const std::exception& error) {
    EXPECT_NE(dynamic_cast<const Error*>(&error), nullptr) << error.what();
    return error.what();
  }
  return {};
}

void read_load(const Answer& answer) { (void)read_load_reply(answer, false); }
void read_block(const Answer& answer) { (void)read_block_reply(answer, {.timed = 2, .planted = true}); }
void read_first(const Answer& answer) { (void)read_first_reply(answer); }
void read_evaluate(const Answer& answer) { (void)read_evaluate_reply(answer); }

const std::vector<json> kWrongs{nullptr,
                                true,
                                "text",
                                -1,
                                -0.5,
                                std::nan(""),
                                std::numeric_limits<double>::infinity(),
                                1e300,
                                std::uint64_t{1} << 63U,
                                std::int64_t{-1} << 62,
                                json::array(),
                                json::object(),
                                json::array({1}),
                                json::array({1, -2}),
                                json::array({1, 0.5}),
                                json::array({1, "x"}),
                                json::array({1, 1e18})};

/// With each of its values wrong in turn, or missing.
void expect_all_checked(const std::function<void(const Answer&)>& read, const json& good,
                        const std::vector<std::string>& keys) {
  ASSERT_EQ(why_refused(read, good), "");
  for (const std::string& key : keys) {
    const json::json_pointer at(key);
    for (const json& wrong : kWrongs) {
      json body = good;
      body[at] = wrong;
      EXPECT_NE(why_refused(read, body), "") << key << " = " << wrong;
    }
    json body = good;
    json& parent = body.at(at.parent_pointer());
    if (parent.is_object()) parent.erase(at.back());
    EXPECT_TRUE(parent.is_array() || !why_refused(read, body).empty()) << key;
  }
}

TEST(ProtocolTest, AllThatALoadTellsIsTaken) {
  const json body = load_body();
  const LoadReply reply = read_load_reply({.body = body, .seconds = kSeconds}, false);
  EXPECT_DOUBLE_EQ(reply.load_ms, 1.5);
  EXPECT_EQ(reply.memory_before, 1 << 22);
  EXPECT_EQ(reply.memory_peak, 1 << 23);
  EXPECT_EQ(reply.batching, "native");
  ASSERT_EQ(reply.inputs.size(), 1U);
  EXPECT_EQ(reply.inputs[0].shape, (std::vector<int>{1, 8, 8, 3}));
  EXPECT_EQ(reply.inputs[0].dtype, DType::kInt8);
  EXPECT_EQ(reply.inputs[0].quantization.zero_point, -128);
  EXPECT_EQ(reply.outputs.size(), 2U);
  EXPECT_EQ(reply.runner.builtin_ops.at("CONV_2D"), 3);
}

TEST(ProtocolTest, EveryValueOfALoadIsChecked) {
  expect_all_checked(read_load, load_body(),
                     {"/load_ms", "/memory", "/memory/before", "/memory/peak", "/inputs/0", "/inputs/0/dtype",
                      "/inputs/0/quantization", "/runner", "/runner/delegate_create_ms", "/runner/accelerated_parts"});
}

TEST(ProtocolTest, TextsAndListsOfALoadAreChecked) {
  for (const char* key : {"/batching", "/inputs", "/outputs", "/inputs/0/name", "/inputs/0/shape", "/runner/name",
                          "/runner/library_sha256", "/runner/notes", "/runner/builtin_ops", "/outputs/1"}) {
    json body = load_body();
    body[json::json_pointer(key)] = 5;
    EXPECT_NE(why_refused(read_load, body), "") << key;
  }
}

TEST(ProtocolTest, NumbersInsideTensorsAndRunnersAreChecked) {
  for (const char* key : {"/inputs/0/quantization/scale", "/inputs/0/quantization/zero_point", "/outputs/0/shape/0",
                          "/runner/builtin_ops/CONV_2D"}) {
    for (const json& wrong : {json("x"), json(-5e12), json(std::nan("")), json()}) {
      json body = load_body();
      body[json::json_pointer(key)] = wrong;
      EXPECT_NE(why_refused(read_load, body), "") << key << " = " << wrong;
    }
  }
}

TEST(ProtocolTest, TensorsBeyondAnyModelAreRefused) {
  json body = load_body();
  body["inputs"][0]["shape"] = std::vector<int>(17, 1);
  EXPECT_NE(why_refused(read_load, body), "");
  body["inputs"][0]["shape"] = {1, 0.5};
  EXPECT_NE(why_refused(read_load, body), "");
  body["inputs"][0]["shape"] = {1, std::int64_t{1} << 40};
  EXPECT_NE(why_refused(read_load, body), "");
  body["inputs"][0]["shape"] = {1 << 20, 1 << 20, 1 << 20, 1 << 20};
  EXPECT_NE(why_refused(read_load, body), "");
  body["inputs"] = std::vector<json>(2000, load_body()["inputs"][0]);
  EXPECT_NE(why_refused(read_load, body), "");
}

TEST(ProtocolTest, APeakBelowWhatWasThereIsRefused) {
  json body = load_body();
  body["memory"] = {{"before", 100 << 20}, {"peak", 10 << 20}};
  EXPECT_NE(why_refused(read_load, body), "");
}

TEST(ProtocolTest, NoTimeIsLongerThanTheWait) {
  json body = load_body();
  body["load_ms"] = 150.0;
  EXPECT_NE(why_refused(read_load, body, 0.1), "");
  EXPECT_EQ(why_refused(read_load, body, 0.2), "");
  json block = block_body();
  block["samples_ns"] = {60'000'000, 60'000'000};
  EXPECT_NE(why_refused(read_block, block, 0.1), "");
  EXPECT_EQ(why_refused(read_block, block, 0.2), "");
}

TEST(ProtocolTest, EveryValueOfABlockIsChecked) {
  expect_all_checked(read_block, block_body(),
                     {"/samples_ns", "/encode_ns", "/copy_in_ns", "/copy_out_ns", "/planted_ns", "/samples_ns/1",
                      "/planted_ns/0", "/cpu_ns", "/memory", "/memory/peak"});
}

TEST(ProtocolTest, ABlockHoldsAsManySamplesAsWereAsked) {
  for (const char* key : {"samples_ns", "encode_ns", "copy_in_ns", "copy_out_ns", "planted_ns"}) {
    json body = block_body();
    body[key] = {1, 1, 1};
    EXPECT_NE(why_refused(read_block, body), "") << key;
    body[key] = {1};
    EXPECT_NE(why_refused(read_block, body), "") << key;
  }
}

TEST(ProtocolTest, ABlockThatTookNoTimeIsRefused) {
  json body = block_body();
  body["samples_ns"] = {0, 0};
  body["planted_ns"] = {0, 0};
  EXPECT_NE(why_refused(read_block, body), "");
}

TEST(ProtocolTest, OtherAnswersAreChecked) {
  const json first = {{"first_invoke_ms", 1.0}, {"memory", {{"before", 0}, {"peak", 1 << 23}}}};
  expect_all_checked(read_first, first, {"/first_invoke_ms", "/memory", "/memory/peak"});
  expect_all_checked(read_evaluate, {{"invoke_ns", 1000}}, {"/invoke_ns"});
  for (const json& wrong : {json(), json(5), json::array(), json("x")}) {
    EXPECT_NE(why_refused(read_empty_reply, wrong), "") << wrong;
    EXPECT_NE(why_refused(read_load, wrong), "") << wrong;
  }
}

TEST(ProtocolTest, AGreetingMayLackWhatOlderWorkersLack) {
  const json none = json::object();
  EXPECT_EQ(read_hello_reply({.body = none, .seconds = kSeconds}).protocol, 0);
  EXPECT_NE(why_refused([](const Answer& answer) { (void)read_hello_reply(answer); }, {{"protocol", "one"}}), "");
  EXPECT_NE(why_refused([](const Answer& answer) { (void)read_hello_reply(answer); }, {{"version", 1}}), "");
}

TEST(ProtocolTest, AFailureKeepsItsWordsAndItsKind) {
  const Outcome failed = read_failure({{"error", {{"code", "oom"}, {"message", "no memory"}}}});
  EXPECT_EQ(failed.status, Status::kOom);
  EXPECT_EQ(failed.reason, "no memory");
  EXPECT_TRUE(read_failure(json::object()).ok());
  EXPECT_LT(read_failure({{"error", {{"code", "error"}, {"message", std::string(100'000, 'x')}}}}).reason.size(),
            5000U);
}

TEST(ProtocolTest, AFailureOfAnotherFormIsRefused) {
  for (const json& wrong :
       {json(5), json(), json("x"), json::object(), json{{"code", 5}, {"message", "x"}}, json{{"code", "error"}}}) {
    EXPECT_THROW((void)read_failure({{"error", wrong}}), Error) << wrong;
  }
}

}  // namespace
}  // namespace qbench::engine
