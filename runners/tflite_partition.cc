// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_partition.h"

namespace qbench::runners {

PartitionObserver::PartitionObserver(bool allow_dynamic_tensors) {
  delegate_.value.data_ = this;
  delegate_.value.Prepare = &PartitionObserver::look;
  delegate_.value.flags = allow_dynamic_tensors ? kTfLiteDelegateFlagsAllowDynamicTensors : kTfLiteDelegateFlagsNone;
}

TfLiteStatus PartitionObserver::look(TfLiteContext* context, TfLiteDelegate* delegate) {
  static_cast<PartitionObserver*>(delegate->data_)->count(context);
  return kTfLiteOk;
}

void PartitionObserver::count(TfLiteContext* context) {
  TfLiteIntArray* plan = nullptr;
  if (context->GetExecutionPlan(context, &plan) != kTfLiteOk) return;
  was_asked_ = true;
  delegated_parts_ = 0;
  builtin_ops_.clear();
  for (int i = 0; i < plan->size; ++i) {
    TfLiteNode* node = nullptr;
    TfLiteRegistration* registration = nullptr;
    if (context->GetNodeAndRegistration(context, plan->data[i], &node, &registration) != kTfLiteOk) continue;
    if (node->delegate != nullptr) {
      ++delegated_parts_;
    } else {
      ++builtin_ops_[registration->builtin_code];
    }
  }
}

}  // namespace qbench::runners
