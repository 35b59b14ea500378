#pragma once

#include <filesystem>

namespace tidegate::sim {

/// Where a certificate lies.
struct CertificateFiles {
  std::filesystem::path ca;    ///< what clients trust
  std::filesystem::path cert;  ///< for localhost, 127.0.0.1 and ::1
  std::filesystem::path key;   ///< mode 0600
};

/// Makes `ca.pem`, `server.pem` and `server.key` in `dir` unless they are there, belong together and are good for
/// another day. The CA's own key is forgotten. Throws std::runtime_error with one line that says what failed.
CertificateFiles ensure_certificate(const std::filesystem::path& dir);

/// Whether the three files belong together and are good for another day.
bool certificate_is_good(const CertificateFiles& files);

}  // namespace tidegate::sim
