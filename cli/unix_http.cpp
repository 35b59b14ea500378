#include "cli/unix_http.h"

#include <cerrno>
#include <cstring>
#include <memory>
#include <new>

#include <sys/un.h>

#include <curl/curl.h>

#include "cli/text.h"
#include "common/ascii.h"

namespace tidegate::cli {
namespace {

constexpr long kConnectTimeoutMs = 5'000;
constexpr int kTickMs = 200;  // how late a cancellation may be seen

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using Multi = std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)>;
using Headers = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

// What the callbacks of one exchange share. They only record: nothing is thrown through libcurl.
struct Exchange {
  const HttpRequest& request;
  HttpReply reply{};
  CURL* easy = nullptr;
};

void read_head(Exchange& exchange) {
  curl_easy_getinfo(exchange.easy, CURLINFO_RESPONSE_CODE, &exchange.reply.status);
  const char* type = nullptr;
  if (curl_easy_getinfo(exchange.easy, CURLINFO_CONTENT_TYPE, &type) == CURLE_OK && type != nullptr)
    exchange.reply.content_type = type;
}

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  auto& reply = exchange.reply;
  if (reply.status == 0) {
    read_head(exchange);
    reply.streamed =
        exchange.request.on_stream && reply.status / 100 == 2 && istarts_with(reply.content_type, "text/event-stream");
  }
  if (reply.streamed) {
    if (exchange.request.on_stream({data, size})) return size;
    reply.end = HttpEnd::enough;
    return 0;
  }
  if (reply.body.size() + size > kMaxReply) {
    reply.end = HttpEnd::too_large;
    return 0;
  }
  reply.body.append(data, size);
  return size;
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  const std::string_view line(data, size);
  constexpr std::string_view kName = "x-request-id:";
  if (istarts_with(line, kName)) {
    const auto value = line.substr(kName.size());
    static_cast<Exchange*>(user)->reply.request_id =
        clean(trim(value.substr(0, value.find_last_not_of("\r\n") + 1)), 80);
  }
  return size;
}

void set_options(CURL* easy, const std::filesystem::path& socket, Exchange& exchange, curl_slist* headers) {
  const auto& request = exchange.request;
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
  curl_easy_setopt(easy, CURLOPT_URL, ("http://localhost" + request.path).c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, kConnectTimeoutMs);
  curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, &exchange);
  if (request.method == "POST") {
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  }
}

// Runs the transfer to its end; CURLE_ABORTED_BY_CALLBACK when the caller cancelled it.
CURLcode run(CURLM* multi, CURL* easy, const HttpRequest& request) {
  curl_multi_add_handle(multi, easy);
  CURLcode result = CURLE_OK;
  int running = 1;
  while (running > 0 && result == CURLE_OK) {
    if (curl_multi_perform(multi, &running) != CURLM_OK) result = CURLE_FAILED_INIT;
    if (running > 0 && request.cancelled && request.cancelled()) result = CURLE_ABORTED_BY_CALLBACK;
    if (running > 0 && result == CURLE_OK) curl_multi_poll(multi, nullptr, 0, kTickMs, nullptr);
  }
  int left = 0;
  if (const CURLMsg* message = curl_multi_info_read(multi, &left); message != nullptr && result == CURLE_OK)
    result = message->data.result;
  curl_multi_remove_handle(multi, easy);
  return result;
}

// A connection that was made and closed before libcurl looked at it is "couldn't connect" without an errno: somebody is
// there and hangs up.
void throw_if_not_connected(CURL* easy, CURLcode result) {
  if (result != CURLE_COULDNT_CONNECT) return;
  long error = 0;
  curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &error);
  if (error != 0) throw ConnectError{std::strerror(static_cast<int>(error))};
}

HttpEnd how_it_ended(CURLcode result, HttpEnd recorded) {
  if (result == CURLE_OK || recorded != HttpEnd::complete) return recorded;
  if (result == CURLE_ABORTED_BY_CALLBACK) return HttpEnd::cancelled;
  return result == CURLE_OPERATION_TIMEDOUT ? HttpEnd::timed_out : HttpEnd::cut;
}

}  // namespace

HttpReply http_over_unix(const std::filesystem::path& socket, const HttpRequest& request) {
  if (socket.native().size() >= sizeof(sockaddr_un{}.sun_path)) throw ConnectError{"the path is too long for a socket"};
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  const Multi multi(curl_multi_init(), &curl_multi_cleanup);
  const Easy easy(curl_easy_init(), &curl_easy_cleanup);
  Headers headers(curl_slist_append(nullptr, "Content-Type: application/json"), &curl_slist_free_all);
  if (initialised != CURLE_OK || !multi || !easy || !headers || curl_slist_append(headers.get(), "Expect:") == nullptr)
    throw std::bad_alloc();
  Exchange exchange{request};
  exchange.easy = easy.get();
  set_options(easy.get(), socket, exchange, headers.get());
  const auto result = run(multi.get(), easy.get(), request);
  auto& reply = exchange.reply;
  throw_if_not_connected(easy.get(), result);
  read_head(exchange);
  reply.end = how_it_ended(result, reply.end);
  if (reply.end == HttpEnd::cut) reply.trouble = curl_easy_strerror(result);
  return reply;
}

}  // namespace tidegate::cli
