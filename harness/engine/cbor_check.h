// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

namespace qbench::engine {

/// Looks over a CBOR message before anything is made of it, without recursion and without memory of its own: a worker
/// with broken memory may send anything, and a decoder that follows a million nested arrays ends by a full stack.
/// Throws Error(kIo) for all that our encoder never writes: more than 16 levels or a million values, lengths beyond the
/// message, no length at all, tags, byte strings, something after the end.
void check_cbor(std::span<const std::byte> message);

}  // namespace qbench::engine
