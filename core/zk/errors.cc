#include "core/zk/errors.h"

#include <zookeeper/zookeeper.h>

#include <string>

namespace arcus::zk {
namespace {

struct Meaning {
  ErrorCode code;
  bool retryable;
  const char* why;
};

// No default: the compiler names a code that a newer library adds.
Meaning meaning_of(ZOO_ERRORS code) {
  using enum ErrorCode;
  switch (code) {
    case ZNONODE:
      return {kNotFound, false, "no such znode"};
    case ZNODEEXISTS:
      return {kExists, false, "the znode exists already"};
    case ZBADVERSION:
      return {kConflict, true, "somebody else changed the znode meanwhile"};
    case ZNOTEMPTY:
      return {kRefused, false, "the znode has children"};
    case ZNOCHILDRENFOREPHEMERALS:
      return {kRefused, false, "an ephemeral znode can't have children"};
    case ZNOAUTH:
      return {kRefused, false, "the znode's access list doesn't allow it"};
    case ZINVALIDACL:
      return {kRefused, false, "the server doesn't accept the access list"};
    case ZNOTREADONLY:
      return {kRefused, true, "the server is read-only while it has no quorum"};
    case ZEPHEMERALONLOCALSESSION:
      return {kRefused, false, "a local session can't own ephemeral znodes"};
    case ZRECONFIGDISABLED:
      return {kRefused, false, "reconfiguration is disabled on the server"};
    case ZAUTHFAILED:
      return {kAuth, false, "ZooKeeper rejected our credentials"};
    case ZSESSIONCLOSEDREQUIRESASLAUTH:
      return {kAuth, false, "the server requires SASL authentication, which this client lacks"};
    case ZCONNECTIONLOSS:
      return {kUnreachable, true, "the connection to ZooKeeper was lost"};
    case ZSESSIONMOVED:
      return {kUnreachable, true, "the session moved to another server"};
    case ZNEWCONFIGNOQUORUM:
      return {kUnreachable, true, "no quorum of the new configuration"};
    case ZRECONFIGINPROGRESS:
      return {kUnreachable, true, "a reconfiguration is in progress"};
    case ZTHROTTLEDOP:
      return {kUnreachable, true, "the server is overloaded and threw the request away"};
    case ZSSLCONNECTIONERROR:
      return {kUnreachable, false, "the TLS connection failed"};
    case ZOPERATIONTIMEOUT:
      return {kTimeout, true, "ZooKeeper didn't answer in time"};
    case ZBADARGUMENTS:
      return {kInvalid, false, "not a valid znode path or request"};
    case ZSESSIONEXPIRED:
    case ZINVALIDSTATE:
      return {kInternal, false, "the ZooKeeper session is over"};
    case ZCLOSING:
      return {kInternal, false, "the ZooKeeper session was closed"};
    case ZRUNTIMEINCONSISTENCY:
      return {kInternal, false, "not done, because an earlier operation failed"};
    case ZOK:
    case ZSYSTEMERROR:
    case ZDATAINCONSISTENCY:
    case ZMARSHALLINGERROR:
    case ZUNIMPLEMENTED:
    case ZAPIERROR:
    case ZINVALIDCALLBACK:
    case ZNOTHING:
    case ZNOWATCHER:
      break;
  }
  return {kInternal, false, nullptr};
}

}  // namespace

Error error_of(int code, std::string_view doing, std::string_view path) {
  const Meaning meaning = meaning_of(static_cast<ZOO_ERRORS>(code));
  std::string message = std::string(doing) + " " + std::string(path) + ": ";
  if (meaning.why != nullptr) {
    message += meaning.why;
  } else {
    message += std::string(zerror(code)) + " (ZooKeeper error " + std::to_string(code) + ")";
  }
  return Error{meaning.code, std::move(message), meaning.retryable};
}

}  // namespace arcus::zk
