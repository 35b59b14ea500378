#include "daemon/config/digest.h"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tidegate::config {

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), hash.data(), &length, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL has no SHA-256");
  std::string hex;
  for (unsigned i = 0; i < length; ++i) hex += fmt::format("{:02x}", hash.at(i));
  return hex;
}

std::string llm_digest(const Llm& llm) {
  // nlohmann::json sorts its keys: the text is canonical. Milliseconds, because 30s and 30000 are the same timeout.
  const nlohmann::json block{{"provider", llm.provider},
                             {"openapi",
                              {{"baseUrl", llm.base_url},
                               {"apiKey", sha256_hex(llm.api_key.reveal())},
                               {"model", llm.model},
                               {"timeout", llm.timeout.count()}}}};
  return sha256_hex(block.dump());
}

}  // namespace tidegate::config
