#include "common/secret.h"

namespace tidegate {

bool Secret::equals(std::string_view other) const noexcept {
  if (value_.size() != other.size()) return false;
  volatile unsigned char difference = 0;
  for (std::size_t i = 0; i < value_.size(); ++i)
    difference = static_cast<unsigned char>(difference | (value_[i] ^ other[i]));
  return difference == 0;
}

std::string redact(std::string text, const Secret& secret) {
  constexpr std::size_t kShortest = 4;
  const std::string& needle = secret.reveal();
  if (needle.size() < kShortest) return text;
  for (auto at = text.find(needle); at != std::string::npos; at = text.find(needle, at + kRedacted.size()))
    text.replace(at, needle.size(), kRedacted);
  return text;
}

}  // namespace tidegate
