#pragma once

#include <curl/curl.h>

namespace tidegate::upstream {

/// Sets on an easy handle what only its TLS library can be told. One file per platform.
void set_tls_context(CURL* easy);

}  // namespace tidegate::upstream
