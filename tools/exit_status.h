// The exit statuses of `arcus`; the man page lists them.
#pragma once

#include "core/base/result.h"

namespace arcus::tools {

inline constexpr int kOk = 0;             // all of it worked
inline constexpr int kFailed = 1;         // something failed; the report names what
inline constexpr int kUsage = 2;          // the command line makes no sense
inline constexpr int kInput = 3;          // a file's content is wrong
inline constexpr int kNoEnsemble = 4;     // ZooKeeper can't be reached, or has no quorum
inline constexpr int kRefused = 5;        // it would break or lose something, or was not confirmed
inline constexpr int kNotFound = 6;       // no such cloud or node
inline constexpr int kConflict = 7;       // somebody else has it, or changed it at the same moment
inline constexpr int kDefect = 70;        // a defect of arcus
inline constexpr int kInterrupted = 130;  // Ctrl-C

inline int exit_status(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalid:
      return kInput;
    case ErrorCode::kNotFound:
      return kNotFound;
    case ErrorCode::kExists:
    case ErrorCode::kConflict:
      return kConflict;
    case ErrorCode::kRefused:
      return kRefused;
    case ErrorCode::kUnreachable:
    case ErrorCode::kTimeout:
      return kNoEnsemble;
    case ErrorCode::kAuth:
    case ErrorCode::kHostKey:
    case ErrorCode::kRemote:
    case ErrorCode::kIo:
      return kFailed;
    case ErrorCode::kCancelled:
      return kInterrupted;
    case ErrorCode::kInternal:
      return kDefect;
  }
  return kDefect;
}

}  // namespace arcus::tools
