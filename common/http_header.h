#pragma once

#include <string_view>

namespace tidegate {

/// One HTTP header field as it came, without the blanks around its value. The views point into the owner's bytes.
struct Header {
  std::string_view name;
  std::string_view value;
};

}  // namespace tidegate
