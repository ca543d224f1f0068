#include "control/tls/certificate_set.h"

#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>
#include <utility>

#include "base/read_file.h"

namespace demo {
namespace {

// Room for every CA that there is.
constexpr std::size_t kPemSizeBytes = 16 * 1024 * 1024;

template <auto release>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Bio = std::unique_ptr<BIO, Freed<BIO_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Context = std::unique_ptr<SSL_CTX, Freed<SSL_CTX_free>>;

// One of the files, as messages name it.
struct Source {
  const char* what;
  const std::string& path;

  Error refuse(const std::string& why) const {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} \"{}\": {}", what, path, why), what, path};
  }
};

Source certificate_of(const ControlTcpOptions& files) {
  return {"--tls-certificate", files.certificate_file};
}
Source key_of(const ControlTcpOptions& files) { return {"--tls-key", files.key_file}; }
Source client_ca_of(const ControlTcpOptions& files) { return {"--tls-client-ca", files.client_ca_file}; }

Result<std::string> read_pem(const Source& source) {
  if (source.path.empty()) {
    return Error{
        ErrorCode::kInvalidArgument,
        fmt::format(
            "{} is missing: --control-tcp needs --tls-certificate, --tls-key and --tls-client-ca, or, "
            "on a loopback address, --insecure-everyone-on-this-host-is-admin",
            source.what),
        source.what, ""};
  }
  auto text = read_file(source.path, kPemSizeBytes);
  if (!text) return source.refuse(text.error().message);
  return std::move(*text);
}

// OpenSSL's reason for what failed last on this thread; its queue is empty then.
std::string reason() {
  const char* const text = ::ERR_reason_error_string(::ERR_peek_last_error());
  ::ERR_clear_error();
  return text == nullptr ? "unknown reason" : text;
}

bool at_the_end() {
  const unsigned long error = ::ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

Bio memory_of(const std::string& pem) {
  return Bio(::BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// Without one OpenSSL asks at the terminal.
void* no_password() { return const_cast<char*>(""); }

// Every certificate of the text is read; the first is the result.
Result<Certificate> first_certificate(const Source& source, const std::string& pem) {
  const Bio bio = memory_of(pem);
  Certificate first;
  ::ERR_clear_error();
  while (Certificate next{::PEM_read_bio_X509_AUX(bio.get(), nullptr, nullptr, no_password())}) {
    if (!first) first = std::move(next);
  }
  if (!at_the_end()) return source.refuse("a certificate in it is damaged: " + reason());
  ::ERR_clear_error();
  if (!first) return source.refuse("it has no PEM certificate");
  return first;
}

}  // namespace

Result<CertificateSet> read_certificates(const ControlTcpOptions& files) {
  auto certificate = read_pem(certificate_of(files));
  if (!certificate) return certificate.error();
  auto key = read_pem(key_of(files));
  if (!key) return key.error();
  auto client_ca = read_pem(client_ca_of(files));
  if (!client_ca) return client_ca.error();
  return CertificateSet{std::move(*certificate), std::move(*key), std::move(*client_ca)};
}

Status check_certificates(const CertificateSet& set, const ControlTcpOptions& files) {
  auto certificate = first_certificate(certificate_of(files), set.certificate);
  if (!certificate) return certificate.error();
  const Bio bio = memory_of(set.key);
  const Key key(::PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, no_password()));
  if (!key) {
    ::ERR_clear_error();
    return key_of(files).refuse("it has no PEM private key that is whole and has no password");
  }
  if (::X509_check_private_key(certificate->get(), key.get()) != 1) {
    ::ERR_clear_error();
    return key_of(files).refuse(
        fmt::format("it does not belong to the certificate \"{}\"", files.certificate_file));
  }
  const Context context(::SSL_CTX_new(::TLS_server_method()));
  if (!context) return Error{ErrorCode::kInternal, "OpenSSL does not start: " + reason(), "", ""};
  if (::SSL_CTX_use_certificate(context.get(), certificate->get()) != 1) {
    return certificate_of(files).refuse("OpenSSL refuses it: " + reason());
  }
  if (::SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return key_of(files).refuse("OpenSSL refuses it: " + reason());
  }
  auto client_ca = first_certificate(client_ca_of(files), set.client_ca);
  return client_ca ? Status{} : client_ca.error();
}

}  // namespace demo
