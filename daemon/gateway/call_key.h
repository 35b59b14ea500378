#pragma once

#include <string>
#include <string_view>

#include "common/error.h"
#include "daemon/http/request_head.h"

namespace tidegate::gateway {

/// What makes two requests the same: the client's Idempotency-Key, and the request that it stands for.
struct CallKey {
  std::string name;     ///< client and key; empty: the request has none
  std::string request;  ///< method and target
  std::string body;     ///< its SHA-256

  explicit operator bool() const noexcept { return !name.empty(); }
  /// Under one name, whether it is also one request. Fields do not count: an SDK counts its retries in one.
  [[nodiscard]] bool same_request(const CallKey& other) const noexcept {
    return request == other.request && body == other.body;
  }

  static constexpr std::size_t kMaxKey = 255;  ///< bytes
};

/// Of a request that has the field. GET and HEAD have no use for a key: a client that sends the same one with all that
/// it asks would be given old answers. The body is the client's, before we change anything in it.
Result<CallKey> call_key(const http::RequestHead& head, std::string_view client, std::string_view body);

/// Its name alone, without looking at the body; empty: none, or not a good one.
std::string call_name(const http::RequestHead& head, std::string_view client);

}  // namespace tidegate::gateway
