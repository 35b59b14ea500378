#include "daemon/gateway/body_rules.h"

#include <algorithm>
#include <array>

#include "common/ascii.h"

namespace tidegate::gateway {
namespace {

// Endpoints of the OpenAI API that take multipart/form-data.
constexpr std::array<std::string_view, 6> kMultipartPaths{"/v1/files",        "/v1/uploads",           "/v1/audio/",
                                                          "/v1/images/edits", "/v1/images/variations", "/v1/videos"};

bool takes_multipart(std::string_view path) {
  return std::any_of(kMultipartPaths.begin(), kMultipartPaths.end(),
                     [&](auto known) { return path.substr(0, known.size()) == known; });
}

bool is_json(std::string_view type) {
  return iequals(type, "application/json") ||
         (istarts_with(type, "application/") && type.size() > 5 && iequals(type.substr(type.size() - 5), "+json"));
}

}  // namespace

Result<Ok> check_body_type(const http::RequestHead& head) {
  if (!head.has_body()) return Ok{};
  const auto encoding = head.find("content-encoding");
  if (!encoding.empty() && !iequals(encoding, "identity"))
    return Error{ErrorCode::unsupported_encoding,
                 "compressed request bodies are not taken; send the body without Content-Encoding"};
  const auto field = head.find("content-type");
  const auto type = trim(field.substr(0, field.find(';')));
  if (is_json(type)) return Ok{};
  if (iequals(type, "multipart/form-data") && takes_multipart(head.path)) return Ok{};
  return Error{ErrorCode::unsupported_media, takes_multipart(head.path)
                                                 ? "the body must be application/json or multipart/form-data"
                                                 : "the body must be application/json"};
}

}  // namespace tidegate::gateway
