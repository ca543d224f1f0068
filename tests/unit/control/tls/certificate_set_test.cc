#include "control/tls/certificate_set.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "unit/control/served_api.h"

namespace demo {
namespace {

using testing::HasSubstr;

class Certificates : public testing::Test {
 protected:
  // NAME.pem and NAME.key, signed by itself.
  void certify(const std::string& name,
               const std::string& algorithm = "ec -pkeyopt ec_paramgen_curve:P-256") {
    const std::string command = "cd " + folder.file("") + " && openssl req -x509 -newkey " + algorithm +
                                " -nodes -keyout " + name + ".key -out " + name +
                                ".pem -days 2 -subj /CN=" + name + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }

  void SetUp() override {
    certify("daemon");
    certify("ca");
    files.certificate_file = folder.file("daemon.pem");
    files.key_file = folder.file("daemon.key");
    files.client_ca_file = folder.file("ca.pem");
    good = read_certificates(files).value();
  }

  // What is said of a set, after the name of the file.
  Error complaint(const CertificateSet& set) const {
    const Status right = check_certificates(set, files);
    return right ? Error{} : right.error();
  }

  TemporaryFolder folder;
  ControlTcpOptions files;
  CertificateSet good;
};

TEST_F(Certificates, ThatBelongTogetherAreRight) {
  EXPECT_TRUE(check_certificates(good, files));
  CertificateSet chained = good;
  chained.certificate += "the authority's:\n" + good.client_ca;
  chained.client_ca += good.certificate;
  EXPECT_TRUE(check_certificates(chained, files));
}

TEST_F(Certificates, OfAnotherKeyAreNamedWithIt) {
  certify("other");
  files.key_file = folder.file("other.key");
  const Error error = complaint(read_certificates(files).value());
  EXPECT_EQ(error.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(error.field, "--tls-key");
  EXPECT_EQ(error.value, files.key_file);
  EXPECT_EQ(error.message, "--tls-key \"" + files.key_file + "\": it does not belong to the certificate \"" +
                               files.certificate_file + "\"");
}

TEST_F(Certificates, ThatAreNoneAreNamed) {
  EXPECT_THAT(complaint({good.key, good.key, good.client_ca}).message,
              HasSubstr("daemon.pem\": it has no PEM certificate"));
  EXPECT_THAT(complaint({good.certificate, good.certificate, good.client_ca}).message,
              HasSubstr("daemon.key\": it has no PEM private key"));
  EXPECT_THAT(complaint({good.certificate, good.key, "-----BEGIN "}).message,
              HasSubstr("ca.pem\": it has no PEM certificate"));
  EXPECT_EQ(complaint({good.certificate, good.key, ""}).field, "--tls-client-ca");
}

TEST_F(Certificates, ThatAreDamagedAreNamedWhereverTheyStand) {
  const auto half = [](const std::string& text) { return text.substr(0, text.size() / 2); };
  EXPECT_EQ(complaint({half(good.certificate), good.key, good.client_ca}).field, "--tls-certificate");
  EXPECT_EQ(complaint({good.certificate, half(good.key), good.client_ca}).field, "--tls-key");
  EXPECT_EQ(complaint({good.certificate + half(good.client_ca), good.key, good.client_ca}).field,
            "--tls-certificate");
  EXPECT_EQ(complaint({good.certificate, good.key, good.client_ca + half(good.certificate)}).field,
            "--tls-client-ca");
}

TEST_F(Certificates, WhoseKeyHasAPasswordAreRefusedWithoutAQuestion) {
  const std::string command = "openssl ec -aes128 -passout pass:secret -in " + files.key_file + " -out " +
                              folder.file("locked.key") + " 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  files.key_file = folder.file("locked.key");
  const Error error = complaint(read_certificates(files).value());
  EXPECT_THAT(error.message, HasSubstr("has no password"));
  EXPECT_EQ(error.field, "--tls-key");
}

TEST_F(Certificates, ThatOpenSslFindsTooWeakAreRefused) {
  certify("weak", "rsa:1024");
  files.certificate_file = folder.file("weak.pem");
  files.key_file = folder.file("weak.key");
  const Error error = complaint(read_certificates(files).value());
  EXPECT_EQ(error.field, "--tls-certificate");
  EXPECT_THAT(error.message, HasSubstr("OpenSSL refuses it: ee key too small"));
}

}  // namespace
}  // namespace demo
