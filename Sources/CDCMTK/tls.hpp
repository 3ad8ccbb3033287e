/// TLS over sockets that do not block; never seen from Swift.
#pragma once
#include "cd_tls.h"

#include <openssl/ssl.h>
#include <sys/types.h>

#include <memory>
#include <mutex>
#include <string>

/// The settings in force. A connection keeps those that it began with.
struct cd_tls {
    std::shared_ptr<SSL_CTX> context() const;
    void replace(std::shared_ptr<SSL_CTX> context);

private:
    mutable std::mutex mutex_;
    std::shared_ptr<SSL_CTX> context_;
};

namespace cdcmtk {

/// A TLS session over a socket, which it borrows.
class TLSSession {
public:
    enum class Progress { done, again, failed };

    static std::unique_ptr<TLSSession> server(const cd_tls &tls, int socket);
    /// The peer's certificate must bear `name`, unless that is empty.
    static std::unique_ptr<TLSSession> client(const cd_tls &tls, int socket, const std::string &name);

    Progress handshake();
    bool isShaken() const { return SSL_is_init_finished(ssl_.get()) != 0; }
    /// As recv and send: -1 with EAGAIN where the socket has first to become ready for `awaited`.
    ssize_t read(void *bytes, size_t count);
    ssize_t write(const void *bytes, size_t count);
    /// poll's events.
    short awaited() const { return awaited_; }
    /// Whether bytes are here that poll does not know of.
    bool holdsBytes() const { return SSL_pending(ssl_.get()) > 0; }
    /// Says that nothing more will come.
    void sayGoodbye();

    /// What went wrong, and the particulars.
    cd_tls_trouble trouble() const { return trouble_; }
    const std::string &text() const { return text_; }

    /// The subject of the peer's certificate (RFC 2253), and the names that it bears, a line each; empty without one.
    std::string peerSubject() const;
    std::string peerNames() const;

private:
    struct Freed { void operator()(SSL *ssl) const { SSL_free(ssl); } };
    TLSSession(const cd_tls &tls, int socket);
    /// Sorts out why a call gave no bytes: -1 with EAGAIN, 0 for closed, -1.
    ssize_t outcome(int result);
    void explain(int result, int kind);

    std::unique_ptr<SSL, Freed> ssl_;
    short awaited_;
    cd_tls_trouble trouble_ = cd_tls_trouble_none;
    std::string text_;
};

}  // namespace cdcmtk
