#include "tests/support/sim/tls_certificate.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace tidegate::sim {
namespace {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

class Certificates : public testing::Test {
 protected:
  Certificates() {
    std::string name = testing::TempDir() + "/sim-cert-XXXXXX";
    dir_ = ::mkdtemp(name.data());
  }
  ~Certificates() override { std::filesystem::remove_all(dir_); }

  std::filesystem::path dir_;
};

TEST_F(Certificates, AreMadeOnceAndKept) {
  const auto files = ensure_certificate(dir_ / "new");
  EXPECT_TRUE(certificate_is_good(files));
  const auto before = content(files.cert);
  ensure_certificate(dir_ / "new");
  EXPECT_EQ(content(files.cert), before);
  struct stat facts{};
  ASSERT_EQ(::stat(files.key.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(Certificates, AreMadeAnewWhereTheyDoNotFit) {
  const auto files = ensure_certificate(dir_);
  const auto other = ensure_certificate(dir_ / "other");
  std::filesystem::copy_file(other.ca, files.ca, std::filesystem::copy_options::overwrite_existing);
  EXPECT_FALSE(certificate_is_good(files)) << "another CA";
  ensure_certificate(dir_);
  EXPECT_TRUE(certificate_is_good(files));
  std::ofstream(files.key) << "rubbish";
  EXPECT_FALSE(certificate_is_good(files)) << "no key";
}

TEST_F(Certificates, SayWhereTheyCannotBeWritten) {
  std::ofstream(dir_ / "file") << "x";
  EXPECT_THROW(ensure_certificate(dir_ / "file"), std::runtime_error);
}

}  // namespace
}  // namespace tidegate::sim
