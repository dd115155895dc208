// Client::multi: several operations, all or nothing.
#include "core/zk/errors.h"
#include "core/zk/session.h"

namespace arcus::zk {
namespace {

zoo_op_t library_op(const Op& op) {
  zoo_op_t result{};
  const int size = static_cast<int>(op.data.size());
  switch (op.kind) {
    case Op::Kind::kCreate:
      zoo_create_op_init(&result, op.path.c_str(), op.data.data(), size, &ZOO_OPEN_ACL_UNSAFE,
                         ZOO_PERSISTENT, nullptr, 0);
      break;
    case Op::Kind::kSet:
      zoo_set_op_init(&result, op.path.c_str(), op.data.data(), size, op.version, nullptr);
      break;
    case Op::Kind::kRemove:
      zoo_delete_op_init(&result, op.path.c_str(), op.version);
      break;
    case Op::Kind::kCheck:
      zoo_check_op_init(&result, op.path.c_str(), op.version);
      break;
  }
  return result;
}

const char* doing(Op::Kind kind) {
  switch (kind) {
    case Op::Kind::kCreate:
      return "creating";
    case Op::Kind::kSet:
      return "writing";
    case Op::Kind::kRemove:
      return "removing";
    case Op::Kind::kCheck:
      return "checking";
  }
  return "changing";
}

// The operation to blame has its own code; those before it say ZOK, those after it
// ZRUNTIMEINCONSISTENCY. A request that never was processed blames none.
const Op* culprit(const std::vector<Op>& operations, const Reply& reply) {
  for (std::size_t i = 0; i < reply.op_codes.size(); ++i) {
    if (reply.op_codes[i] == reply.code) return &operations[i];
  }
  return nullptr;
}

std::string place(const std::vector<Op>& operations, const Op* op) {
  return "operation " + std::to_string(op - operations.data() + 1) + " of " +
         std::to_string(operations.size());
}

}  // namespace

Status Client::multi(const std::vector<Op>& operations, Deadline deadline) {
  if (operations.empty()) return {};
  std::vector<zoo_op_t> ops;
  ops.reserve(operations.size());
  for (const Op& operation : operations) ops.push_back(library_op(operation));

  const Reply reply = impl_->ask(deadline, [&](zhandle_t* handle, Call* call) {
    call->op_results.resize(ops.size());
    return zoo_amulti(handle, static_cast<int>(ops.size()), ops.data(), call->op_results.data(),
                      on_multi, call);
  });
  if (reply.code == ZOK) return {};
  if (const Op* op = culprit(operations, reply)) {
    return error_of(reply.code, doing(op->kind), op->path).in(place(operations, op));
  }
  return error_of(reply.code, "a transaction that begins with", operations.front().path);
}

}  // namespace arcus::zk
