#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <curl/curl.h>

#include "common/secret.h"

namespace tidegate::upstream {

/// How the upstream is reached; what of the configuration libcurl has to know. Immutable once shared.
struct Options {
  std::string base_url;
  Secret api_key;
  std::string gateway_name;
  std::chrono::milliseconds idle_timeout{30'000};  ///< without a byte either way before the attempt is given up
  /// The same while nothing of the answer's body has come and the request is out; not set: idle_timeout.
  std::optional<std::chrono::milliseconds> first_byte_timeout;
  std::chrono::milliseconds connect_timeout{10'000};
  std::uint32_t max_in_flight = 32;
  std::filesystem::path ca_file, client_cert, client_key;
  std::string proxy;
  bool http2 = false;
};

/// Options with what is computed from them once: the parsed URL and the fields that every request carries.
class PreparedOptions {
 public:
  /// Throws std::invalid_argument on a URL that libcurl cannot parse.
  explicit PreparedOptions(Options options);

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  [[nodiscard]] CURLU* url() const noexcept { return url_.get(); }
  [[nodiscard]] const std::string& base_path() const noexcept { return base_path_; }  ///< without a trailing slash
  /// Comes before a request's target.
  [[nodiscard]] const std::string& target_prefix() const noexcept { return target_prefix_; }
  /// The fields that every request carries: the key, User-Agent and the gateway's name; lines without the last's end.
  [[nodiscard]] const std::string& own_headers() const noexcept { return own_headers_; }

  /// Sets on a fresh easy handle all that does not change from request to request.
  void apply(CURL* easy) const;

 private:
  struct FreeUrl {
    void operator()(CURLU* url) const noexcept { curl_url_cleanup(url); }
  };

  Options options_;
  std::unique_ptr<CURLU, FreeUrl> url_;
  std::string base_path_;
  std::string target_prefix_;
  std::string own_headers_;
};

}  // namespace tidegate::upstream
