#include "support.hpp"
#include "tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>

std::shared_ptr<SSL_CTX> cd_tls::context() const {
    const std::lock_guard lock(mutex_);
    return context_;
}

void cd_tls::replace(std::shared_ptr<SSL_CTX> context) {
    const std::lock_guard lock(mutex_);
    context_ = std::move(context);
}

namespace {

/// The suites of PS3.15 section B.10 for TLS 1.2, and the same with ECDSA; those of TLS 1.3 are all good.
constexpr const char *suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:"
    "ECDHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384";

struct Problem {
    cd_tls_fault fault;
    std::string file, text;
};

std::string opensslText() {
    const unsigned long code = ERR_peek_error();
    const char *reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "no reason given" : reason;
}

void requireReadable(const char *path) {
    std::FILE *file = std::fopen(path, "re");
    if (file == nullptr) throw Problem{cd_tls_fault_unreadable, path, std::strerror(errno)};
    const int first = std::fgetc(file);
    const int code = errno;
    const bool failed = first == EOF && std::ferror(file) != 0;
    std::fclose(file);
    if (failed) throw Problem{cd_tls_fault_unreadable, path, std::strerror(code)};
}

/// In place of a question on the terminal, where nobody sits.
int noPassphrase(char *, int, int, void *) { return -1; }

void useRevocationList(SSL_CTX *context, const char *path) {
    X509_LOOKUP *lookup = X509_STORE_add_lookup(SSL_CTX_get_cert_store(context), X509_LOOKUP_file());
    if (lookup == nullptr || X509_load_crl_file(lookup, path, X509_FILETYPE_PEM) < 1)
        throw Problem{cd_tls_fault_no_revocation_list, path, opensslText()};
}

void useFiles(SSL_CTX *context, const cd_tls_files &files) {
    for (const char *path : {files.certificate, files.private_key, files.trusted, files.revoked})
        if (path != nullptr) requireReadable(path);
    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate) != 1) {
        const bool isWeak = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_SSL &&
                            ERR_GET_REASON(ERR_peek_last_error()) != ERR_R_PEM_LIB;
        throw Problem{isWeak ? cd_tls_fault_refused : cd_tls_fault_no_certificate, files.certificate, opensslText()};
    }
    ERR_clear_error();
    if (SSL_CTX_use_PrivateKey_file(context, files.private_key, SSL_FILETYPE_PEM) != 1) {
        const bool isOthers = ERR_GET_LIB(ERR_peek_last_error()) == ERR_LIB_X509;
        throw Problem{isOthers ? cd_tls_fault_mismatch : cd_tls_fault_no_key, files.private_key, opensslText()};
    }
    if (SSL_CTX_check_private_key(context) != 1)
        throw Problem{cd_tls_fault_mismatch, files.private_key, opensslText()};
    ERR_clear_error();
    STACK_OF(X509_NAME) *names = SSL_load_client_CA_file(files.trusted);
    if (names == nullptr || SSL_CTX_load_verify_file(context, files.trusted) != 1) {
        sk_X509_NAME_pop_free(names, X509_NAME_free);
        throw Problem{cd_tls_fault_no_certificate, files.trusted, opensslText()};
    }
    SSL_CTX_set_client_CA_list(context, names);
    if (files.revoked != nullptr) useRevocationList(context, files.revoked);
}

/// PS3.15 section B.10: TLS 1.2 or later, and nothing that BCP 195 advises against.
std::shared_ptr<SSL_CTX> settings(const cd_tls_files &files) {
    std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_method()), SSL_CTX_free);
    if (!context) throw std::bad_alloc();
    SSL_CTX *raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(raw, suites);
    SSL_CTX_set_dh_auto(raw, 1);
    // Many peers close without a word; a DICOM message that was cut short is known by itself.
    SSL_CTX_set_options(raw, SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    // Every association is judged by the certificates and the revocation list of its own time.
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(raw, 0);
    SSL_CTX_set_mode(raw, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    // Else one read goes on for as long as a peer sends records without data, such as KeyUpdate, past every time-out.
    SSL_CTX_clear_mode(raw, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_default_passwd_cb(raw, noPassphrase);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | (files.requires_client_certificate ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0),
                       nullptr);
    X509_VERIFY_PARAM *parameters = SSL_CTX_get0_param(raw);
    // A peer's own certificate among the trusted ones is enough, whoever has issued it.
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    if (files.revoked != nullptr) X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_CRL_CHECK);
    useFiles(raw, files);
    return context;
}

int64_t seconds(const ASN1_TIME *time) {
    tm broken{};
    return ASN1_TIME_to_tm(time, &broken) == 1 ? static_cast<int64_t>(timegm(&broken)) : 0;
}

cd_tls_facts factsOf(SSL_CTX *context) {
    cd_tls_facts facts{};
    const X509 *certificate = SSL_CTX_get0_certificate(context);
    std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
    X509_NAME_print_ex(text.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253);
    BIO_read(text.get(), facts.subject, sizeof facts.subject - 1);
    facts.valid_from = seconds(X509_get0_notBefore(certificate));
    facts.valid_until = seconds(X509_get0_notAfter(certificate));
    return facts;
}

}  // namespace

int cd_tls_reload(cd_tls *tls, const cd_tls_files *files, cd_tls_facts *facts, cd_tls_problem *problem) {
    try {
        auto context = settings(*files);
        *facts = factsOf(context.get());
        tls->replace(std::move(context));
        return 1;
    } catch (const Problem &found) {
        problem->fault = found.fault;
        OFStandard::strlcpy(problem->file, found.file.c_str(), sizeof problem->file);
        OFStandard::strlcpy(problem->text, found.text.c_str(), sizeof problem->text);
    } catch (const std::bad_alloc &) {
        problem->fault = cd_tls_fault_refused;
        OFStandard::strlcpy(problem->file, files->certificate, sizeof problem->file);
        OFStandard::strlcpy(problem->text, "out of memory", sizeof problem->text);
    }
    return 0;
}

cd_tls *cd_tls_create(const cd_tls_files *files, cd_tls_facts *facts, cd_tls_problem *problem) {
    auto tls = std::make_unique<cd_tls>();
    return cd_tls_reload(tls.get(), files, facts, problem) == 1 ? tls.release() : nullptr;
}

void cd_tls_free(cd_tls *tls) { delete tls; }
