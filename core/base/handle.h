// Handle<T, free_function>: a unique_ptr for a C library's object, with a stateless deleter.
//
//   using Session = Handle<ssh_session_struct, ssh_free>;
#pragma once

#include <memory>

namespace arcus {

template <auto Free>
struct FreeWith {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};

template <typename T, auto Free>
using Handle = std::unique_ptr<T, FreeWith<Free>>;

}  // namespace arcus
