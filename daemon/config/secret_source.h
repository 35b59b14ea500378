#pragma once

#include <string_view>

#include "common/paths.h"
#include "common/secret.h"

namespace tidegate::config {

enum class SecretOrigin {
  plain,        ///< stands in the configuration itself
  environment,  ///< `${NAME}`
  file,         ///< `file:/path`, its first line
};

struct ResolvedSecret {
  Secret secret;
  SecretOrigin origin = SecretOrigin::plain;
  bool exposed = false;  ///< a file that others can read, see read_file
};

/// The key that a spelling stands for. Only printable ASCII without blanks is a key: anything else could end the header
/// it is sent in. Throws ValueError, whose text may name the variable, never the file's or the variable's contents.
ResolvedSecret resolve_secret(std::string_view spelling, const Environment& environment);

}  // namespace tidegate::config
