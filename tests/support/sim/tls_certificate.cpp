#include "tests/support/sim/tls_certificate.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace tidegate::sim {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>>;
using File = std::unique_ptr<std::FILE, Deleter<std::fclose>>;

constexpr long kDay = 24L * 3600;
constexpr long kLifetime = 3650 * kDay;

void need(bool good, const char* what) {
  if (!good) throw std::runtime_error(std::string("OpenSSL cannot ") + what);
}

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value));
  need(extension && X509_add_ext(certificate, extension.get(), -1) == 1, "add an extension to a certificate");
}

Certificate make_certificate(EVP_PKEY* key, const char* name) {
  Certificate certificate(X509_new());
  need(certificate != nullptr, "make a certificate");
  std::uint32_t serial = 0;
  need(RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1, "make a random number");
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), static_cast<long>(serial >> 1) + 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kDay);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kLifetime);
  X509_set_pubkey(certificate.get(), key);
  auto* const subject = X509_get_subject_name(certificate.get());
  const auto* const text = reinterpret_cast<const unsigned char*>(name);
  need(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1, "name a certificate");
  return certificate;
}

void sign(X509* certificate, X509* issuer, EVP_PKEY* issuer_key) {
  need(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1, "name an issuer");
  add_extension(certificate, issuer, NID_authority_key_identifier, "keyid");
  need(X509_sign(certificate, issuer_key, EVP_sha256()) != 0, "sign a certificate");
}

/// Writes beside the file and renames, so that nobody reads half a file.
template <class Write>
void write_pem(const std::filesystem::path& path, int mode, Write write) {
  const auto fresh = path.string() + ".new";
  ::unlink(fresh.c_str());
  const int descriptor = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const File file(descriptor < 0 ? nullptr : ::fdopen(descriptor, "w"));
  const bool written = file && write(file.get()) == 1 && std::fflush(file.get()) == 0;
  if (!written || std::rename(fresh.c_str(), path.c_str()) != 0)
    throw std::runtime_error("cannot write " + path.string());
}

void make_files(const CertificateFiles& files) {
  const Key ca_key(EVP_EC_gen("P-256"));
  const Key key(EVP_EC_gen("P-256"));
  need(ca_key && key, "make a key");
  const auto ca = make_certificate(ca_key.get(), "tidegate-sim CA");
  add_extension(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(ca.get(), ca.get(), NID_subject_key_identifier, "hash");
  sign(ca.get(), ca.get(), ca_key.get());
  const auto cert = make_certificate(key.get(), "localhost");
  add_extension(cert.get(), ca.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(cert.get(), ca.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(cert.get(), ca.get(), NID_ext_key_usage, "serverAuth");
  add_extension(cert.get(), ca.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1");
  add_extension(cert.get(), ca.get(), NID_subject_key_identifier, "hash");
  sign(cert.get(), ca.get(), ca_key.get());
  write_pem(files.key, 0600, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  write_pem(files.ca, 0644, [&](std::FILE* file) { return PEM_write_X509(file, ca.get()); });
  write_pem(files.cert, 0644, [&](std::FILE* file) { return PEM_write_X509(file, cert.get()); });
}

Certificate read_certificate(const std::filesystem::path& path) {
  const File file(std::fopen(path.c_str(), "re"));
  return Certificate(file ? PEM_read_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
}

bool good_for_a_day(const X509* certificate) {
  auto tomorrow = std::time(nullptr) + kDay;
  return X509_cmp_time(X509_get0_notAfter(certificate), &tomorrow) > 0;
}

}  // namespace

bool certificate_is_good(const CertificateFiles& files) {
  const auto ca = read_certificate(files.ca);
  const auto cert = read_certificate(files.cert);
  const File file(std::fopen(files.key.c_str(), "re"));
  const Key key(file ? PEM_read_PrivateKey(file.get(), nullptr, nullptr, nullptr) : nullptr);
  return ca && cert && key && good_for_a_day(ca.get()) && good_for_a_day(cert.get()) &&
         X509_check_private_key(cert.get(), key.get()) == 1 && X509_verify(cert.get(), X509_get0_pubkey(ca.get())) == 1;
}

CertificateFiles ensure_certificate(const std::filesystem::path& dir) {
  std::error_code error;
  std::filesystem::create_directories(dir, error);
  // Two simulators that start at once in one folder must not mix their files.
  const auto lock_path = dir / ".lock";
  const File lock(std::fopen(lock_path.c_str(), "ae"));
  if (!lock || ::flock(::fileno(lock.get()), LOCK_EX) != 0)
    throw std::runtime_error("cannot write in the folder " + dir.string());
  const CertificateFiles files{dir / "ca.pem", dir / "server.pem", dir / "server.key"};
  if (!certificate_is_good(files)) make_files(files);
  return files;
}

}  // namespace tidegate::sim
