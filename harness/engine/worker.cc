// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker.h"

#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <new>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/sandbox/refusals.h"
#include "core/sandbox/sandbox.h"
#include "harness/engine/channel.h"
#include "harness/engine/worker_session.h"

namespace qbench::engine {
namespace {

nlohmann::json hello(const WorkerIdentity& identity) {
  return {{"protocol", kWorkerProtocol}, {"version", identity.version}, {"git_commit", identity.git_commit}};
}

nlohmann::json handle(WorkerSession& session, const WorkerIdentity& identity, const nlohmann::json& request,
                      std::vector<UniqueFd> files) {
  const auto op = request.at("op").get<std::string>();
  if (op == "hello") return hello(identity);
  if (op == "load") return session.load(request);
  if (op == "attach") return session.attach(request, std::move(files));
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
nlohmann::json answer(WorkerSession& session, const WorkerIdentity& identity, const nlohmann::json& request,
                      std::vector<UniqueFd> files) {
  try {
    return handle(session, identity, request, std::move(files));
  } catch (const Error& error) {
    return error_reply(error_name(error.code()), error.what());
  } catch (const std::bad_alloc&) {
    return error_reply("oom", "an allocation failed; the memory limit was reached");
  } catch (const std::exception& error) {
    return error_reply("error", error.what());
  }
}

/// False when the parent, who made the socket, was gone before its death could be told.
bool parent_lives(int socket) {
  ucred maker{};
  socklen_t size = sizeof maker;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &maker, &size) != 0) return true;  // no socket: a test
  return maker.pid == 0 || maker.pid == ::getppid() || maker.pid == ::getpid();  // its own: a test
}

}  // namespace

int run_worker(UniqueFd socket, const std::vector<runners::RunnerDescriptor>& runners, const WorkerIdentity& identity) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // whatever the runtime is doing then
  if (!parent_lives(socket.get())) return 1;
  sandbox::close_descriptors_above(socket.get());
  Channel channel(std::move(socket));
  WorkerSession session(runners);
  while (auto request = channel.receive()) {
    if (request->value("op", "") == "quit") break;
    nlohmann::json reply = answer(session, identity, *request, channel.take_files());
    reply["id"] = request->value("id", 0);
    if (std::vector<std::string> refused = sandbox::refusals(); !refused.empty()) reply["refused"] = std::move(refused);
    channel.send(reply);
  }
  return 0;
}

}  // namespace qbench::engine
