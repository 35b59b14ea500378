#include "tests/support/sim/request_parser.h"

#include <cstdint>

// Only the parser of Beast, and never together with standalone Asio in one file: their macros clash.
#include <boost/beast/http/basic_parser.hpp>

#include "common/ascii.h"

namespace tidegate::sim {

namespace beast = boost::beast;
namespace http = boost::beast::http;

/// Beast's grammar with our own storage, because Beast's fields put duplicates side by side and lose their order.
class RequestParser::Impl final : public http::basic_parser<true> {
 public:
  Impl() {
    eager(true);
    header_limit(static_cast<std::uint32_t>(kMaxHead));
    body_limit(kMaxBody);
  }

  std::size_t offer(std::string_view bytes) {
    if (failed || is_done()) return 0;
    beast::error_code error;
    const auto used = put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error && error != http::error::need_more) {
      failed = true;
      failure = error.message();
    }
    return used;
  }

  std::shared_ptr<Request> request = std::make_shared<Request>();
  bool failed = false;
  std::string failure;

 private:
  void on_request_impl(http::verb, beast::string_view method, beast::string_view target, int version,
                       beast::error_code&) override {
    request->method.assign(method.data(), method.size());
    request->target.assign(target.data(), target.size());
    request->http10 = version < 11;
  }
  void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
  void on_field_impl(http::field, beast::string_view name, beast::string_view value, beast::error_code&) override {
    request->headers.emplace_back(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  }
  void on_header_impl(beast::error_code&) override {
    request->keep_alive = keep_alive();
    const auto expect = request->header("expect");
    request->expects_continue = expect && iequals(*expect, "100-continue");
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, beast::error_code&) override {
    if (length) request->body.reserve(static_cast<std::size_t>(*length < kMaxBody ? *length : kMaxBody));
  }
  std::size_t on_body_impl(beast::string_view bytes, beast::error_code&) override { return store(bytes); }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view bytes, beast::error_code&) override {
    return store(bytes);
  }
  void on_finish_impl(beast::error_code&) override {}

  std::size_t store(beast::string_view bytes) {
    request->body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
};

RequestParser::RequestParser() : impl_(std::make_unique<Impl>()) {}
RequestParser::~RequestParser() = default;

std::size_t RequestParser::feed(std::string_view bytes) { return impl_->offer(bytes); }

RequestParser::State RequestParser::state() const noexcept {
  if (impl_->failed) return State::failed;
  if (impl_->is_done()) return State::done;
  return impl_->is_header_done() ? State::body : State::head;
}

std::string RequestParser::failure() const { return impl_->failure; }

const std::shared_ptr<Request>& RequestParser::request() const noexcept { return impl_->request; }

}  // namespace tidegate::sim
