#include "cli/view.h"

namespace tidegate::cli {

std::string short_path(std::string_view path, const View& view) {
  const auto& home = view.home;
  const bool inside = home.size() > 1 && path.substr(0, home.size()) == home && path.substr(home.size(), 1) == "/";
  return inside ? std::string("~").append(path.substr(home.size())) : std::string(path);
}

std::string short_digest(std::string_view digest) { return std::string(digest.substr(0, 12)); }

std::string public_url(std::string_view url) {
  url = url.substr(0, url.find_first_of("?#"));
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return std::string(url);
  const auto host = scheme_end + 3;
  const auto authority = url.substr(host, url.find('/', host) - host);
  const auto at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(url);
  return std::string(url.substr(0, host)).append(url.substr(host + at + 1));
}

}  // namespace tidegate::cli
