#pragma once

#include <string_view>
#include <vector>

#include "common/http_header.h"

namespace tidegate::dispatch {

/// The client's fields that go on to the upstream, in their order: all but hop-by-hop ones (RFC 9110 §7.6.1, those
/// named in Connection included), the client's own key, Host, Cookie, Proxy-*, and what we set ourselves. The views
/// are those of `headers`.
std::vector<Header> headers_for_upstream(const std::vector<Header>& headers);

/// The upstream's fields that go on to the client, likewise; also without what the gateway says itself
/// (Content-Length, Set-Cookie, CORS).
std::vector<Header> headers_for_client(const std::vector<Header>& headers);

}  // namespace tidegate::dispatch
