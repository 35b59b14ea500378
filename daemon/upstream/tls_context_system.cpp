#include "daemon/upstream/tls_context.h"

namespace tidegate::upstream {

// macOS's libcurl brings its own TLS library, whose context is not for us to touch.
void set_tls_context(CURL*) {}

}  // namespace tidegate::upstream
