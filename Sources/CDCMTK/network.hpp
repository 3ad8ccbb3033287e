/// Shared by the shim's network files; never seen from Swift.
#pragma once
#include "cd_listener.h"
#include "network_inbound.hpp"
#include "support.hpp"
#include "tls.hpp"

#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmnet/dcmlayer.h>
#include <dcmtk/dcmnet/dcmtrans.h>
#include <dcmtk/dcmnet/dimse.h>
#include <netinet/in.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cdcmtk {

using Clock = std::chrono::steady_clock;

/// `initialize()`, and DCMTK's network state that must be set once, before there are threads.
void initializeNetwork();

/// Turns off Nagle's algorithm (a C-STORE-RSP is two small writes: without this each waits for a delayed
/// acknowledgement), and turns on keepalive, close-on-exec and non-blocking mode.
void prepareSocket(int descriptor);

/// The address of a host, by its name or number; false, with the reason in `error`, where there is none.
bool resolve(const char *host, uint16_t port, sockaddr_in &address, cd_error *error);

/// Owns a descriptor.
class Descriptor {
public:
    explicit Descriptor(int value = -1) : value_(value) {}
    Descriptor(Descriptor &&other) noexcept : value_(other.release()) {}
    Descriptor &operator=(Descriptor &&other) noexcept;
    ~Descriptor() { reset(); }
    int get() const { return value_; }
    explicit operator bool() const { return value_ >= 0; }
    int release() { int value = value_; value_ = -1; return value; }
    void reset();

private:
    int value_;
};

/// What became of a connection, which DCMTK's conditions tell only in part: to it, a closed connection is an abort.
struct Fate {
    bool closed = false;
    bool timedOut = false;
    bool cancelled = false;
    cd_tls_trouble trouble = cd_tls_trouble_none;
    std::string troubleText;
    /// Why what the peer sent was not taken; empty else.
    std::string refusal;
};

/// Bytes over a socket that does not block, as they are or under TLS; borrows the socket. Its calls are as recv and send:
/// -1 with EAGAIN where the socket has first to become ready.
struct Channel {
    int socket = -1;
    std::unique_ptr<TLSSession> session;

    ssize_t read(void *bytes, size_t count);
    ssize_t write(const void *bytes, size_t count);
    /// poll's events to wait for after a call gave EAGAIN.
    short awaited(short otherwise) const { return session ? session->awaited() : otherwise; }
    bool holdsBytes() const { return session && session->holdsBytes(); }
};

/// A connection whose every wait ends: after a time, or when another descriptor becomes readable.
class Connection : public DcmTransportConnection {
public:
    /// `early` are bytes that were already taken from the channel, whose socket is owned from here on; `cancel` is
    /// borrowed, or -1; `fate` is borrowed too.
    Connection(Channel channel, std::vector<uint8_t> early, int cancel, Fate &fate);
    ~Connection() override { close(); }

    /// Waits until something has arrived or the time is up, which says nothing of the connection's fate.
    bool arrives(std::chrono::milliseconds limit);
    /// From here on the peer has `limit` in all to say its last, and cancelling no longer matters.
    void end(std::chrono::milliseconds limit);
    /// Another descriptor of the same connection, which stays open with it.
    Descriptor another();
    void setGrace(std::chrono::milliseconds grace) { inbound_.setGrace(grace); }

    OFCondition serverSideHandshake() override { return EC_Normal; }
    OFCondition clientSideHandshake() override;
    OFCondition renegotiate(const char *) override { return EC_Normal; }
    ssize_t read(void *bytes, size_t count) override;
    ssize_t write(void *bytes, size_t count) override;
    void close() override;
    void closeTransportConnection() override { close(); }
    unsigned long getPeerCertificateLength() override { return 0; }
    unsigned long getPeerCertificate(void *, unsigned long) override { return 0; }
    OFBool networkDataAvailable(int seconds) override;
    OFBool isTransparentConnection() override { return OFFalse; }
    OFString &dumpConnectionParameters(OFString &text) override { return text; }

private:
    bool wait(short events, std::chrono::milliseconds limit);
    bool waitForPeer(short events, std::chrono::milliseconds limit);
    ssize_t taken(const void *bytes, ssize_t count);
    void noteTrouble();
    void acknowledge();

    Channel channel_;
    std::vector<uint8_t> early_;
    size_t position_ = 0;
    int cancel_;
    Fate &fate_;
    /// Whether something was seen to have come that nobody has read.
    bool isReadable_ = false;
    std::optional<Clock::time_point> deadline_;
    InboundMessages inbound_;
};

/// One association with the network state that DCMTK wants around it, released in order.
class Association {
public:
    /// Receives the association whose request has already been read from `socket`, which is taken over, as is the TLS
    /// session over it where there is one.
    OFCondition receive(Descriptor socket, std::unique_ptr<TLSSession> session, std::vector<uint8_t> request, int cancel,
                        int acseSeconds);
    /// Requests an association, under TLS where there is one; `parameters` is taken over.
    OFCondition request(T_ASC_Parameters *parameters, int acseSeconds, const cd_tls *tls, const char *certificateName);
    Association() = default;
    Association(const Association &) = delete;
    ~Association();

    T_ASC_Association *get() const { return association_; }
    T_ASC_Parameters *parameters() const { return association_->params; }
    const Fate &fate() const { return layer_.fate; }
    /// Waits until something has arrived (true), or the time is up (false); true as well where all must end.
    bool arrives(std::chrono::milliseconds limit) const;
    /// What the peer may keep us waiting within a message, besides a second for each KiB of it.
    void setGrace(std::chrono::milliseconds grace);
    /// Aborts, waiting a moment for the peer to take notice.
    void abort();
    /// The peer ends it: answers what DCMTK has still to answer and lets the peer close first.
    void drop();
    /// The same without waiting: gives the connection away, for the peer has yet to take what was said.
    Descriptor leave();

private:
    class Layer : public DcmTransportLayer {
    public:
        DcmTransportConnection *createConnection(DcmNativeSocketType socket, OFBool secure) override;
        std::unique_ptr<TLSSession> session;
        const cd_tls *tls = nullptr;
        std::string certificateName;
        std::vector<uint8_t> early;
        int cancel = -1;
        Fate fate;
        bool created = false;
    };
    void end(std::chrono::milliseconds limit);
    Connection *connection() const;

    Layer layer_;
    T_ASC_Network *network_ = nullptr;
    T_ASC_Association *association_ = nullptr;
};

/// Names this implementation in what will be negotiated.
void setImplementation(T_ASC_Parameters &parameters, const char *classUID, const char *versionName);

/// Whether DIMSE messages of DCMTK 3.6.7 can carry a transfer syntax.
bool carries(const char *transferSyntaxUID);

/// Sets a status, and a comment for `answer` to carry to the peer (cut to the 64 characters of an LO).
void setAnswer(cd_answer &answer, uint16_t status, const char *comment);

}  // namespace cdcmtk
