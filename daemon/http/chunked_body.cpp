#include "daemon/http/chunked_body.h"

#include <boost/beast/http/basic_parser.hpp>

#include "daemon/http/limits.h"

namespace tidegate::http {

namespace beast = boost::beast;

class ChunkedBody::Parser final : public beast::http::basic_parser<true> {
 public:
  explicit Parser(std::uint64_t max_body) {
    body_limit(max_body);
    header_limit(static_cast<std::uint32_t>(Limits::kMaxTrailers));
    // Beast's body parser is entered through a head; ours was parsed and checked already, so it gets a fixed one.
    static constexpr std::string_view kHead = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    beast::error_code error;
    put(boost::asio::const_buffer(kHead.data(), kHead.size()), error);
    in_body_ = true;
  }

  std::string* body = nullptr;

 private:
  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, beast::error_code&) override {}
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     beast::error_code& error) override {
    if (!in_body_) return;
    trailers_ += name.size() + value.size() + 4;
    if (trailers_ > Limits::kMaxTrailers) error = beast::http::error::header_limit;
  }
  void on_header_impl(beast::error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
  std::size_t on_body_impl(beast::string_view, beast::error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view extensions, beast::error_code& error) override {
    if (extensions.size() > Limits::kMaxChunkExtension || ++chunks_ > Limits::kMaxChunkHeads)
      error = beast::http::error::bad_chunk_extension;
  }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code&) override {
    body->append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(beast::error_code&) override {}

  bool in_body_ = false;
  std::size_t trailers_ = 0;
  std::size_t chunks_ = 0;
};

// The beginning of what ends a body, "0 CR LF CR LF", perhaps behind a chunk's CR LF: Beast's parser asserts that it
// sees no less of it than these five bytes once it has seen the zero.
static bool is_part_of_an_end(std::string_view bytes) noexcept {
  if (bytes.size() >= 5) return false;
  if (bytes.substr(0, 2) == "\r\n") bytes.remove_prefix(2);
  return !bytes.empty() && bytes.front() == '0';
}

ChunkedBody::ChunkedBody(std::uint64_t max_body) : parser_(std::make_unique<Parser>(max_body)) {}
ChunkedBody::~ChunkedBody() = default;

Result<std::size_t> ChunkedBody::feed(std::string_view bytes, std::string& body) {
  parser_->body = &body;
  std::size_t used = 0;
  while (used < bytes.size() && !parser_->is_done() && !is_part_of_an_end(bytes.substr(used))) {
    beast::error_code error;
    const std::size_t taken = parser_->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
    used += taken;
    if (error == beast::http::error::need_more) break;
    if (error == beast::http::error::body_limit)
      return Error{ErrorCode::body_too_large, "the body is over the configured gateway.maxBody"};
    if (error) return Error{ErrorCode::bad_request, "the chunked body is malformed: " + error.message()};
    if (taken == 0) break;
  }
  return used;
}

bool ChunkedBody::done() const noexcept { return parser_->is_done(); }

}  // namespace tidegate::http
