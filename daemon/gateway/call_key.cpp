#include "daemon/gateway/call_key.h"

#include <algorithm>

#include "common/ascii.h"
#include "daemon/config/digest.h"

namespace tidegate::gateway {
namespace {

constexpr std::string_view kField = "idempotency-key";

bool is_control(char c) noexcept { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

Result<std::string_view> key_of(const http::RequestHead& head) {
  const auto is_key = [](const Header& header) { return iequals(header.name, kField); };
  if (std::count_if(head.headers.begin(), head.headers.end(), is_key) > 1)
    return Error{ErrorCode::idempotency_invalid, "the request has more than one Idempotency-Key"};
  const auto key = head.find(kField);
  if (key.size() > CallKey::kMaxKey)
    return Error{ErrorCode::idempotency_invalid, "the Idempotency-Key is over 255 bytes"};
  if (std::any_of(key.begin(), key.end(), is_control))
    return Error{ErrorCode::idempotency_invalid, "the Idempotency-Key has control characters in it"};
  return key;
}

// No client's name has a line end in it.
std::string name_of(std::string_view client, std::string_view key) {
  return std::string(client).append("\n").append(key);
}

bool takes_key(const http::RequestHead& head) noexcept { return head.method != "GET" && head.method != "HEAD"; }

}  // namespace

Result<CallKey> call_key(const http::RequestHead& head, std::string_view client, std::string_view body) {
  auto key = key_of(head);
  if (!key) return key.error();
  if (key->empty() || !takes_key(head)) return CallKey{};
  std::string request = std::string(head.method).append(" ").append(head.path).append(head.query);
  return CallKey{name_of(client, *key), std::move(request), config::sha256_hex(body)};
}

std::string call_name(const http::RequestHead& head, std::string_view client) {
  const auto key = key_of(head);
  if (!key || key->empty() || !takes_key(head)) return {};
  return name_of(client, *key);
}

}  // namespace tidegate::gateway
