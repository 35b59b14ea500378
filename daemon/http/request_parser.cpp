#include "daemon/http/request_parser.h"

#include <limits>

#include <boost/beast/http/basic_parser.hpp>

#include "common/ascii.h"
#include "daemon/http/limits.h"
#include "daemon/http/request_checks.h"

namespace tidegate::http {
namespace {

namespace beast = boost::beast;

// Collects views into the input instead of copies: obs-fold, the one thing that Beast would copy for, is refused
// before.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  explicit HeadParser(RequestHead& head) : head_(head) {
    header_limit(static_cast<std::uint32_t>(Limits::kMaxHead));
    body_limit(std::numeric_limits<std::uint64_t>::max());  // judged by Connection::read_body()
  }

 private:
  static std::string_view view(beast::string_view text) { return {text.data(), text.size()}; }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       beast::error_code&) override {
    head_.method = view(method);
    head_.target = view(target);
    head_.version = version;
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     beast::error_code&) override {
    head_.headers.push_back({view(name), view(value)});
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view body, beast::error_code&) override { return body.size(); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, beast::error_code&) override {
    return body.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  RequestHead& head_;
};

}  // namespace

Result<Ok> parse_request_head(RequestHead& head) {
  head.clear();
  // Leading empty lines are tolerated (RFC 9112 §2.2).
  std::string_view bytes = head.raw;
  while (bytes.substr(0, 2) == "\r\n") bytes.remove_prefix(2);
  if (auto raw = check_raw_head(bytes); !raw) return raw;

  HeadParser parser(head);
  beast::error_code error;
  parser.put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
  if (error && error != beast::http::error::need_more)
    return Error{ErrorCode::bad_request, "not an HTTP/1.1 request: " + error.message()};
  if (!parser.is_header_done()) return Error{ErrorCode::bad_request, "not an HTTP/1.1 request: the head is not whole"};
  return check_request(head);
}

std::size_t find_head_end(std::string_view bytes, std::size_t searched) noexcept {
  // A head of empty lines only is not one: skip them, then look for the first empty line.
  std::size_t start = 0;
  while (bytes.substr(start, 2) == "\r\n") start += 2;
  const std::size_t from = searched > start + 3 ? searched - 3 : start;
  const auto end = bytes.find("\r\n\r\n", from);
  return end == std::string_view::npos ? 0 : end + 4;
}

}  // namespace tidegate::http
