// SPDX-License-Identifier: Apache-2.0
#include "core/accelerator_record.h"

#include "core/json_fields.h"

namespace qbench {

template <json_fields::Is<AcceleratorLook> T, typename Visit>
static void visit_fields(T& look, Visit& visit) {
  visit("state", look.state);
  visit("id", look.id);
  visit("port", look.port);
  visit("speed_mbps", look.speed_mbps);
}

template <json_fields::Is<AcceleratorRecord> T, typename Visit>
static void visit_fields(T& record, Visit& visit) {
  visit("family", record.family);
  visit("name", record.name);
  visit("runtime", record.runtime);
  visit("runtime_sha256", record.runtime_sha256);
  visit("before", record.before);
  visit("after", record.after);
  visit("problem", record.problem);
  visit("lost", record.lost);
  visit("warnings", record.warnings);
}

template <json_fields::Is<UnmappedOps> T, typename Visit>
static void visit_fields(T& ops, Visit& visit) {
  visit("op", ops.op);
  visit("count", ops.count);
  visit("reason", ops.reason);
}

template <json_fields::Is<CompilationRecord> T, typename Visit>
static void visit_fields(T& record, Visit& visit) {
  visit("file", record.file);
  visit("version", record.version);
  visit("mapped_ops", record.mapped_ops);
  visit("cpu_ops", record.cpu_ops);
  visit("unmapped", record.unmapped);
}

void to_json(nlohmann::json& json, const AcceleratorRecord& value) { json = json_fields::write(value); }
void from_json(const nlohmann::json& json, AcceleratorRecord& value) { json_fields::read(json, value, "accelerator"); }
void to_json(nlohmann::json& json, const CompilationRecord& value) { json = json_fields::write(value); }
void from_json(const nlohmann::json& json, CompilationRecord& value) { json_fields::read(json, value, "compilation"); }

}  // namespace qbench
