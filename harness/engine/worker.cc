// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker.h"

#include <sys/prctl.h>

#include <csignal>
#include <new>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "harness/engine/channel.h"
#include "harness/engine/worker_session.h"

namespace qbench::engine {
namespace {

nlohmann::json hello(const WorkerIdentity& identity) {
  return {{"protocol", kWorkerProtocol}, {"version", identity.version}, {"git_commit", identity.git_commit}};
}

nlohmann::json handle(WorkerSession& session, const WorkerIdentity& identity, const nlohmann::json& request) {
  const auto op = request.at("op").get<std::string>();
  if (op == "hello") return hello(identity);
  if (op == "load") return session.load(request);
  if (op == "attach") return session.attach(request);
  if (op == "first") return session.first();
  if (op == "block") return session.block(request);
  if (op == "evaluate") return session.evaluate(request);
  throw Error(ErrorCode::kRuntime, "unknown request '{}'", op);
}

std::string_view error_name(ErrorCode code) {
  if (code == ErrorCode::kUnsupported) return "unsupported";
  if (code == ErrorCode::kOutOfMemory) return "oom";
  return "error";
}

nlohmann::json error_reply(std::string_view code, std::string_view message) {
  return {{"error", {{"code", code}, {"message", message}}}};
}

/// The runtime may throw through its C interface; every failure becomes an answer.
nlohmann::json answer(WorkerSession& session, const WorkerIdentity& identity, const nlohmann::json& request) {
  try {
    return handle(session, identity, request);
  } catch (const Error& error) {
    return error_reply(error_name(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    return error_reply("oom", "an allocation failed; the memory limit was reached");
  } catch (const std::exception& error) {
    return error_reply("error", error.what());
  }
}

}  // namespace

int run_worker(UniqueFd socket, const std::vector<runners::RunnerDescriptor>& runners, const WorkerIdentity& identity) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // whatever the runtime is doing then
  Channel channel(std::move(socket));
  WorkerSession session(runners);
  while (auto request = channel.receive()) {
    if (request->value("op", "") == "quit") break;
    nlohmann::json reply = answer(session, identity, *request);
    reply["id"] = request->value("id", 0);
    channel.send(reply);
  }
  return 0;
}

}  // namespace qbench::engine
