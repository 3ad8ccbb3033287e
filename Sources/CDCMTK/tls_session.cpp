#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <new>

using namespace cdcmtk;

TLSSession::TLSSession(const cd_tls &tls, int socket) : ssl_(SSL_new(tls.context().get())), awaited_(POLLIN) {
    if (!ssl_ || SSL_set_fd(ssl_.get(), socket) != 1) throw std::bad_alloc();
}

std::unique_ptr<TLSSession> TLSSession::server(const cd_tls &tls, int socket) {
    std::unique_ptr<TLSSession> session(new TLSSession(tls, socket));
    SSL_set_accept_state(session->ssl_.get());
    return session;
}

std::unique_ptr<TLSSession> TLSSession::client(const cd_tls &tls, int socket, const std::string &name) {
    std::unique_ptr<TLSSession> session(new TLSSession(tls, socket));
    SSL *ssl = session->ssl_.get();
    SSL_set_connect_state(ssl);
    session->awaited_ = POLLOUT;
    in_addr address{};
    if (name.empty()) return session;
    if (inet_pton(AF_INET, name.c_str(), &address) == 1) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str());
    } else {
        SSL_set1_host(ssl, name.c_str());
        SSL_set_tlsext_host_name(ssl, name.c_str());
    }
    return session;
}

TLSSession::Progress TLSSession::handshake() {
    ERR_clear_error();
    const int result = SSL_do_handshake(ssl_.get());
    if (result == 1) {
        awaited_ = POLLIN;
        return Progress::done;
    }
    if (outcome(result) < 0 && errno == EAGAIN) return Progress::again;
    if (trouble_ == cd_tls_trouble_none) trouble_ = cd_tls_trouble_closed;
    return Progress::failed;
}

ssize_t TLSSession::read(void *bytes, size_t count) {
    ERR_clear_error();
    const int got = SSL_read(ssl_.get(), bytes, static_cast<int>(std::min<size_t>(count, INT_MAX)));
    if (got > 0) awaited_ = POLLIN;
    return got > 0 ? got : outcome(got);
}

ssize_t TLSSession::write(const void *bytes, size_t count) {
    ERR_clear_error();
    const int sent = SSL_write(ssl_.get(), bytes, static_cast<int>(std::min<size_t>(count, INT_MAX)));
    return sent > 0 ? sent : outcome(sent);
}

void TLSSession::sayGoodbye() {
    ERR_clear_error();
    // Once: the peer's own goodbye is not waited for. After an error OpenSSL forbids it.
    if (isShaken() && trouble_ == cd_tls_trouble_none) (void)SSL_shutdown(ssl_.get());
    ERR_clear_error();
}

// MARK: - What went wrong

ssize_t TLSSession::outcome(int result) {
    const int code = errno;
    const int kind = SSL_get_error(ssl_.get(), result);
    if (kind == SSL_ERROR_WANT_READ || kind == SSL_ERROR_WANT_WRITE) {
        awaited_ = kind == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT;
        errno = EAGAIN;
        return -1;
    }
    if (kind == SSL_ERROR_ZERO_RETURN) return 0;
    explain(code, kind);
    errno = code == EAGAIN ? EIO : code;
    return -1;
}

namespace {

cd_tls_trouble troubleOf(int reason) {
    switch (reason) {
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_HTTP_REQUEST:
        case SSL_R_HTTPS_PROXY_REQUEST:
        case SSL_R_PACKET_LENGTH_TOO_LONG: return cd_tls_trouble_not_tls;
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION: return cd_tls_trouble_version;
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
        case SSL_R_TLSV1_ALERT_INSUFFICIENT_SECURITY:
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE: return cd_tls_trouble_cipher;
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return cd_tls_trouble_no_certificate;
        case SSL_R_CERTIFICATE_VERIFY_FAILED: return cd_tls_trouble_untrusted;
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
        case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_NO_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: return cd_tls_trouble_refused;
        default: return cd_tls_trouble_other;
    }
}

}  // namespace

void TLSSession::explain(int systemCode, int kind) {
    const unsigned long code = ERR_peek_error();
    if (kind == SSL_ERROR_SYSCALL || code == 0) {
        trouble_ = cd_tls_trouble_closed;
        text_ = systemCode == 0 || systemCode == EAGAIN ? "connection closed" : std::strerror(systemCode);
        return;
    }
    trouble_ = ERR_GET_LIB(code) == ERR_LIB_SSL ? troubleOf(ERR_GET_REASON(code)) : cd_tls_trouble_other;
    const char *reason = ERR_reason_error_string(code);
    text_ = reason == nullptr ? "no reason given" : reason;
    if (const long verdict = SSL_get_verify_result(ssl_.get());
        trouble_ == cd_tls_trouble_untrusted && verdict != X509_V_OK)
        text_ = X509_verify_cert_error_string(verdict);
    if (ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING) trouble_ = cd_tls_trouble_closed;
}

// MARK: - The peer's certificate

std::string TLSSession::peerSubject() const {
    const X509 *certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate == nullptr) return "";
    std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    char *bytes = nullptr;
    const long length = BIO_get_mem_data(text.get(), &bytes);
    return length > 0 ? std::string(bytes, static_cast<size_t>(length)) : "";
}

namespace {

/// A name as a line, or nothing where it could be taken for more than one.
std::string line(const ASN1_STRING *text) {
    unsigned char *utf8 = nullptr;
    const int length = ASN1_STRING_to_UTF8(&utf8, text);
    if (length <= 0) return "";
    const std::string name(reinterpret_cast<char *>(utf8), static_cast<size_t>(length));
    OPENSSL_free(utf8);
    return name.find_first_of(std::string("\n\0", 2)) == std::string::npos ? name + "\n" : "";
}

std::string lineOfAddress(const ASN1_OCTET_STRING *bytes) {
    char text[INET_ADDRSTRLEN] = "";
    if (ASN1_STRING_length(bytes) != 4) return "";
    inet_ntop(AF_INET, ASN1_STRING_get0_data(bytes), text, sizeof text);
    return std::string(text) + "\n";
}

}  // namespace

std::string TLSSession::peerNames() const {
    const X509 *certificate = SSL_get0_peer_certificate(ssl_.get());
    if (certificate == nullptr) return "";
    std::string names;
    const X509_NAME *subject = X509_get_subject_name(certificate);
    for (int i = -1; (i = X509_NAME_get_index_by_NID(subject, NID_commonName, i)) >= 0;)
        names += line(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)));
    auto *others = static_cast<GENERAL_NAMES *>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(others); ++i) {
        const GENERAL_NAME *other = sk_GENERAL_NAME_value(others, i);
        if (other->type == GEN_DNS) names += line(other->d.dNSName);
        if (other->type == GEN_IPADD) names += lineOfAddress(other->d.iPAddress);
    }
    GENERAL_NAMES_free(others);
    return names;
}
