// How a transfer ends: libcurl's result codes in the gateway's words.
#include <fmt/format.h>

#include "common/duration.h"
#include "daemon/upstream/curl_transfer.h"

namespace tidegate::upstream {

Error CurlTransfer::describe(CURLcode code) const {
  const std::string text = *handle_->error_text() != '\0' ? handle_->error_text() : curl_easy_strerror(code);
  const auto made = [&](ErrorCode kind, const char* what) { return Error{kind, fmt::format("{}: {}", what, text)}; };
  switch (code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_SSL_CONNECT_ERROR:  // mostly a reset during the handshake; a bad certificate has a code of its own
    case CURLE_OPERATION_TIMEDOUT: return made(ErrorCode::upstream_unreachable, "cannot connect to the proxy");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR: return made(ErrorCode::upstream_tls, "no trusted TLS connection to the proxy");
    case CURLE_WEIRD_SERVER_REPLY:
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_BAD_CONTENT_ENCODING: return made(ErrorCode::upstream_protocol, "the proxy's answer is not valid HTTP");
    case CURLE_PARTIAL_FILE: return made(ErrorCode::upstream_truncated, "the proxy's answer ended before it was whole");
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_ABORTED_BY_CALLBACK:
      if (info_.stale_connection) return {ErrorCode::upstream_reset, "a kept connection to the proxy had died"};
      return head_.complete() ? made(ErrorCode::upstream_truncated, "the connection to the proxy broke in mid-answer")
                              : made(ErrorCode::upstream_reset, "the connection to the proxy broke before the answer");
    case CURLE_OUT_OF_MEMORY:  // said of a header line that is longer than libcurl's own bound
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
#endif
      if (request_started_) return made(ErrorCode::upstream_protocol, "the proxy's answer is not valid HTTP");
      break;
    default: break;
  }
  return made(ErrorCode::internal, "the request could not be made");
}

void CurlTransfer::finished(CURLcode code) {
  done_ = true;
  if (info_.new_connection) {
    curl_off_t tcp = 0;
    curl_off_t tls = 0;
    curl_easy_getinfo(easy(), CURLINFO_CONNECT_TIME_T, &tcp);
    curl_easy_getinfo(easy(), CURLINFO_APPCONNECT_TIME_T, &tls);
    if (tcp > 0) info_.connect_time = std::chrono::microseconds(tls > 0 ? tls : tcp);
  }
  // libcurl tries again by itself (and is stopped in on_request_start) only where reading fails, not in mid-upload.
  if (code == CURLE_SEND_ERROR && request_started_ && !info_.new_connection && head_.head().status == 0)
    info_.stale_connection = true;
  if (code != CURLE_OK)
    fail(describe(code));
  else if (!head_.complete())
    fail({ErrorCode::upstream_reset, "the proxy ended the connection without an answer"});
  notify();
}

void CurlTransfer::timed_out() {
  done_ = true;
  const auto now = phase();
  const auto patience = human_duration(limit(now));
  const char* first_byte_key =
      handle_->options().options().first_byte_timeout ? "upstream.firstByteTimeout" : "llm.openapi.timeout";
  switch (now) {
    case Phase::connecting:  // nothing was sent: unlike the others it may be repeated without a doubt
      fail({ErrorCode::upstream_unreachable,
            fmt::format("cannot connect to the proxy: no connection after {} (upstream.connectTimeout)", patience)});
      break;
    case Phase::sending:
      fail({ErrorCode::upstream_timeout,
            fmt::format("the proxy took nothing more of the request for {} (llm.openapi.timeout)", patience)});
      break;
    case Phase::waiting:
      fail(
          {ErrorCode::upstream_timeout,
           fmt::format("the proxy sent {} for {} ({})",
                       head_.complete() ? "nothing behind its answer's head" : "no answer", patience, first_byte_key)});
      break;
    case Phase::receiving:
      fail({ErrorCode::upstream_timeout,
            fmt::format("the proxy sent nothing more for {} (llm.openapi.timeout)", patience)});
      break;
  }
  notify();
}

}  // namespace tidegate::upstream
