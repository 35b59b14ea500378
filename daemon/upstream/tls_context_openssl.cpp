#include <openssl/ssl.h>

#include "daemon/upstream/tls_context.h"

namespace tidegate::upstream {
namespace {

CURLcode configure(CURL*, void* context, void*) {
  // OpenSSL otherwise keeps 34 KiB of record buffers for each connection, also while nothing moves.
  SSL_CTX_set_mode(static_cast<SSL_CTX*>(context), SSL_MODE_RELEASE_BUFFERS);
  return CURLE_OK;
}

}  // namespace

// Debian's libcurl is built with OpenSSL; one built with another library refuses the option and works without it.
void set_tls_context(CURL* easy) { curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, configure); }

}  // namespace tidegate::upstream
