#include "network_acceptor.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

using namespace cdcmtk;
using std::chrono::milliseconds;

namespace {

/// Longest A-ASSOCIATE-RQ that is read: 128 contexts of 50 transfer syntaxes each come to a sixth of a mebibyte.
constexpr size_t longestRequest = 1 << 18;
/// How long a connection that was turned away may take to close.
constexpr milliseconds lingering{2'000};
/// Pause in accepting when the process has no descriptor left.
constexpr milliseconds exhaustion{100};

/// A connection that has not become an association: its request is being read, or it was turned away.
struct Pending {
    Descriptor socket;
    std::string address;
    Clock::time_point deadline;
    std::unique_ptr<TLSSession> session;
    std::vector<uint8_t> request{};
    bool dismissed = false;
    /// Under TLS: whether its first byte has been looked at.
    bool isBegun = false;

    /// The request's length with its header, or 0 while the header is not there (PS3.8 section 9.3.2).
    size_t length() const {
        if (request.size() < 6) return 0;
        return 6 + (size_t{request[2]} << 24 | size_t{request[3]} << 16 | size_t{request[4]} << 8 | request[5]);
    }
    bool plausible() const {
        return request.empty() || (request[0] == DUL_TYPEASSOCIATERQ && length() <= longestRequest);
    }
    /// Whether it begins as a handshake of TLS does (RFC 8446 section 5.1).
    bool looksLikeTLS() const { return request.size() >= 3 && request[0] == 0x16 && request[1] == 3; }
    short awaited() const { return session && !dismissed ? session->awaited() : short{POLLIN}; }
    bool whole() const { return length() != 0 && request.size() >= length(); }
};

/// A thread that serves one association.
struct Worker {
    std::thread thread;
    std::atomic<bool> done{false};
};

Descriptor listeningSocket(const char *address, uint16_t port, cd_error *error) {
    sockaddr_in name{};
    name.sin_family = AF_INET;
    name.sin_port = htons(port);
    Descriptor none;
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
        fail(error, "not a numeric IPv4 address");
        return none;
    }
    Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int on = 1;
    if (!socket || setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        bind(socket.get(), reinterpret_cast<const sockaddr *>(&name), sizeof name) != 0 ||
        listen(socket.get(), SOMAXCONN) != 0) {
        fail(error, std::generic_category().message(errno).c_str());
        return none;
    }
    return socket;
}

/// What is said to a connection that is turned away.
using Farewell = std::vector<uint8_t>;

/// A-ASSOCIATE-RJ, rejected-transient, by the presentation service provider: local-limit-exceeded (PS3.8 table 9-21).
const Farewell localLimitExceeded{3, 0, 0, 0, 0, 4, 0, 2, 3, 2};
/// A-ABORT by the service provider: unrecognized-PDU, reason-not-specified (PS3.8 table 9-26).
const Farewell unrecognized{7, 0, 0, 0, 0, 4, 0, 0, 2, 1};
const Farewell unspecified{7, 0, 0, 0, 0, 4, 0, 0, 2, 0};
/// A fatal alert of TLS: handshake failure (RFC 8446 section 6).
const Farewell noTLSHere{0x15, 3, 1, 0, 2, 2, 40};

}  // namespace

/// One thread polls the listening sockets and all pending connections, none of which it waits for; every association
/// gets a thread of its own, joined when it is done.
struct cd_listener {
    cd_listener(Descriptor plain, Descriptor secure, const cd_listener_configuration &configuration,
                const cd_listener_callbacks &callbacks);
    void stop(double graceSeconds);
    uint16_t port = 0, tlsPort = 0;

private:
    void run();
    int timeout() const;
    void accept(const Descriptor &listening, const cd_tls *tls);
    bool shakeHands(Pending &pending);
    void read(Pending &pending);
    void advance();
    void begin(Pending &pending);
    void dismiss(Pending &pending, cd_dismissal why, const Farewell &farewell);
    void waitOut(Descriptor socket);
    void makeRoom();
    void adopt();
    void reap();
    void finish();

    Descriptor plain_, secure_;
    const cd_tls *tls_;
    Descriptor wake_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    Descriptor cancel_{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    Service service_;
    const size_t maximumAssociations_, maximumPending_;
    std::list<Pending> pending_;
    std::list<Worker> workers_;
    /// Connections of associations that were turned away, on their way to the pending ones.
    std::mutex leavingLock_;
    std::vector<Descriptor> leaving_;
    uint64_t nextID_ = 1;
    Clock::time_point acceptingFrom_{};
    std::atomic<bool> stopping_{false};
    milliseconds grace_{0};
    std::thread loop_;
};

namespace {

void signal(const Descriptor &event) {
    const uint64_t one = 1;
    (void)!::write(event.get(), &one, sizeof one);
}

Service serviceOf(const cd_listener_configuration &configuration, const cd_listener_callbacks &callbacks, int cancel) {
    Service service{static_cast<int>(configuration.dimse_seconds),
                    static_cast<int>(configuration.idle_seconds),
                    static_cast<int>(configuration.acse_seconds),
                    {},
                    {},
                    configuration.maximum_identifier_bytes,
                    configuration.implementation_class_uid,
                    configuration.implementation_version_name,
                    callbacks,
                    cancel};
    for (size_t i = 0; i < configuration.storage_class_count; ++i)
        service.storageClasses.insert(configuration.storage_classes[i]);
    for (size_t i = 0; i < configuration.service_class_count; ++i)
        service.serviceClasses.insert(configuration.service_classes[i]);
    return service;
}

uint16_t portOf(const Descriptor &socket) {
    sockaddr_in name{};
    socklen_t length = sizeof name;
    if (!socket || getsockname(socket.get(), reinterpret_cast<sockaddr *>(&name), &length) != 0) return 0;
    return ntohs(name.sin_port);
}

}  // namespace

cd_listener::cd_listener(Descriptor plain, Descriptor secure, const cd_listener_configuration &configuration,
                         const cd_listener_callbacks &callbacks)
    : plain_(std::move(plain)),
      secure_(std::move(secure)),
      tls_(configuration.tls),
      service_(serviceOf(configuration, callbacks, cancel_.get())),
      maximumAssociations_(configuration.maximum_associations),
      maximumPending_(std::max<size_t>(configuration.maximum_pending, 1)) {
    if (!wake_ || !cancel_) throw std::system_error(errno, std::generic_category());
    service_.waitOut = [this](Descriptor socket) { waitOut(std::move(socket)); };
    port = portOf(plain_);
    tlsPort = portOf(secure_);
    loop_ = std::thread([this] { run(); });
}

void cd_listener::stop(double graceSeconds) {
    grace_ = milliseconds(static_cast<int64_t>(std::max(graceSeconds, 0.0) * 1'000));
    stopping_ = true;
    signal(wake_);
    loop_.join();
}

void cd_listener::run() {
    std::vector<pollfd> descriptors;
    while (!stopping_) {
        const bool accepting = Clock::now() >= acceptingFrom_;
        descriptors.assign({{wake_.get(), POLLIN, 0},
                            {accepting ? plain_.get() : -1, POLLIN, 0},
                            {accepting ? secure_.get() : -1, POLLIN, 0}});
        for (const Pending &pending : pending_) descriptors.push_back({pending.socket.get(), pending.awaited(), 0});
        if (::poll(descriptors.data(), descriptors.size(), timeout()) < 0) continue;
        if (descriptors[0].revents != 0) {
            uint64_t count;
            (void)!::read(wake_.get(), &count, sizeof count);
        }
        reap();
        size_t index = 3;
        for (Pending &pending : pending_)
            if (descriptors[index++].revents != 0) read(pending);
        advance();
        adopt();
        if (descriptors[1].revents != 0) accept(plain_, nullptr);
        if (descriptors[2].revents != 0) accept(secure_, tls_);
    }
    finish();
}

/// Milliseconds until something has to be done though nothing arrives; -1 for never.
int cd_listener::timeout() const {
    const Clock::time_point now = Clock::now();
    Clock::time_point next = acceptingFrom_ > now ? acceptingFrom_ : Clock::time_point::max();
    for (const Pending &pending : pending_) next = std::min(next, pending.deadline);
    if (next == Clock::time_point::max()) return -1;
    return static_cast<int>(std::max<int64_t>(std::chrono::ceil<milliseconds>(next - now).count(), 0));
}

void cd_listener::accept(const Descriptor &listening, const cd_tls *tls) {
    sockaddr_in name{};
    socklen_t length = sizeof name;
    Descriptor socket(accept4(listening.get(), reinterpret_cast<sockaddr *>(&name), &length,
                              SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            acceptingFrom_ = Clock::now() + exhaustion;
        return;
    }
    prepareSocket(socket.get());
    char address[INET_ADDRSTRLEN] = "";
    (void)inet_ntop(AF_INET, &name.sin_addr, address, sizeof address);
    makeRoom();
    std::unique_ptr<TLSSession> session = tls == nullptr ? nullptr : TLSSession::server(*tls, socket.get());
    pending_.push_back({std::move(socket), address, Clock::now() + std::chrono::seconds(service_.acseSeconds),
                        std::move(session)});
}

/// Closes the oldest pending connection where there are as many as may be.
void cd_listener::makeRoom() {
    if (pending_.size() < maximumPending_) return;
    if (!pending_.front().dismissed) dismiss(pending_.front(), cd_dismissal_too_slow, unspecified);
    pending_.pop_front();
}

/// Takes over, from an association's thread, the connection of a peer that was turned away: were that thread to wait until
/// it is closed, strangers who do not close would take the places of those who may come in. It is the peer who closes first:
/// some take the end of the connection that comes right behind a rejection for no answer at all.
void cd_listener::waitOut(Descriptor socket) {
    if (!socket) return;
    {
        const std::lock_guard guard(leavingLock_);
        if (leaving_.size() < maximumPending_) leaving_.push_back(std::move(socket));
    }
    signal(wake_);
}

/// Puts what was taken over with the pending connections.
void cd_listener::adopt() {
    std::vector<Descriptor> left;
    {
        const std::lock_guard guard(leavingLock_);
        left.swap(leaving_);
    }
    for (Descriptor &socket : left) {
        makeRoom();
        Pending &pending = pending_.emplace_back();
        pending.socket = std::move(socket);
        pending.dismissed = true;
        pending.deadline = Clock::now() + lingering;
    }
}

/// Goes on with the handshake as far as what has arrived allows; whether it is over and good.
bool cd_listener::shakeHands(Pending &pending) {
    if (pending.session->isShaken()) return true;
    // Only the first of all: later ones may be from the middle of a record, part of which has been taken already.
    uint8_t first = 0;
    if (!pending.isBegun && ::recv(pending.socket.get(), &first, 1, MSG_PEEK) == 1) {
        pending.isBegun = true;
        if (first == DUL_TYPEASSOCIATERQ) {
            pending.session.reset();
            dismiss(pending, cd_dismissal_plain, unspecified);
            return false;
        }
    }
    const TLSSession::Progress progress = pending.session->handshake();
    if (progress == TLSSession::Progress::failed)
        dismiss(pending, pending.session->trouble() == cd_tls_trouble_closed ? cd_dismissal_closed : cd_dismissal_insecure,
                {});
    return progress == TLSSession::Progress::done;
}

/// Takes what has arrived, and no more of it than the request.
void cd_listener::read(Pending &pending) {
    uint8_t buffer[16384];
    if (pending.session && !pending.dismissed && !shakeHands(pending)) return;
    for (;;) {
        const size_t wanted = pending.dismissed       ? sizeof buffer
                              : pending.length() == 0 ? 6 - pending.request.size()
                                                      : pending.length() - pending.request.size();
        if (wanted == 0) return;
        const size_t count = std::min(wanted, sizeof buffer);
        const ssize_t got = pending.session && !pending.dismissed ? pending.session->read(buffer, count)
                                                                  : ::recv(pending.socket.get(), buffer, count, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) return;
        if (got <= 0) {
            if (!pending.dismissed) dismiss(pending, cd_dismissal_closed, {});
            pending.socket.reset();
            return;
        }
        if (pending.dismissed) return;  // swallowed, so that closing does not reset what was sent
        pending.request.insert(pending.request.end(), buffer, buffer + got);
        if (pending.plausible()) continue;
        if (!pending.session && pending.looksLikeTLS()) return dismiss(pending, cd_dismissal_tls, noTLSHere);
        return dismiss(pending, cd_dismissal_not_dicom, unrecognized);
    }
}

/// Begins the associations whose requests are whole and closes the connections whose time is over.
void cd_listener::advance() {
    const Clock::time_point now = Clock::now();
    for (auto pending = pending_.begin(); pending != pending_.end();) {
        if (pending->socket && !pending->dismissed && pending->whole()) begin(*pending);
        if (pending->socket && pending->deadline <= now) {
            if (!pending->dismissed) dismiss(*pending, cd_dismissal_too_slow, unspecified);
            pending->socket.reset();
        }
        pending = pending->socket ? std::next(pending) : pending_.erase(pending);
    }
}

void cd_listener::begin(Pending &pending) {
    if (workers_.size() >= maximumAssociations_) return dismiss(pending, cd_dismissal_limit, localLimitExceeded);
    Worker &worker = workers_.emplace_back();
    auto acceptor = std::make_shared<Acceptor>(service_, nextID_++, pending.address);
    // Shared, so that the connection survives where the system has no thread to give.
    auto connection = std::make_shared<Pending>(std::move(pending));
    try {
        worker.thread = std::thread([this, &worker, acceptor, connection]() mutable {
            try {
                acceptor->serve(std::move(connection->socket), std::move(connection->session),
                                std::move(connection->request));
            } catch (const std::exception &) {
                // Out of memory: this association ends, the others go on.
            }
            acceptor.reset();
            connection.reset();
            worker.done = true;
            signal(wake_);
        });
    } catch (const std::system_error &) {
        workers_.pop_back();
        pending = std::move(*connection);
        dismiss(pending, cd_dismissal_limit, localLimitExceeded);
    }
}

void cd_listener::dismiss(Pending &pending, cd_dismissal why, const Farewell &farewell) {
    const TLSSession *session = pending.session.get();
    const std::string subject = session == nullptr ? "" : session->peerSubject();
    const cd_dismissed dismissed{pending.address.c_str(), why,
                                 session == nullptr ? cd_tls_trouble_none : session->trouble(),
                                 session == nullptr ? "" : session->text().c_str(), subject.c_str()};
    service_.callbacks.dismissed(service_.callbacks.context, &dismissed);
    if (session == nullptr) {
        (void)::send(pending.socket.get(), farewell.data(), farewell.size(), MSG_NOSIGNAL);
    } else if (session->isShaken()) {
        (void)pending.session->write(farewell.data(), farewell.size());
        pending.session->sayGoodbye();
    }
    (void)::shutdown(pending.socket.get(), SHUT_WR);
    pending.dismissed = true;
    pending.deadline = Clock::now() + lingering;
}

void cd_listener::reap() {
    for (auto worker = workers_.begin(); worker != workers_.end();) {
        if (worker->done) {
            worker->thread.join();
            worker = workers_.erase(worker);
        } else {
            ++worker;
        }
    }
}

void cd_listener::finish() {
    plain_.reset();
    secure_.reset();
    pending_.clear();
    const Clock::time_point until = Clock::now() + grace_;
    for (reap(); !workers_.empty(); reap()) {
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
        if (left <= 0) break;
        pollfd descriptor{wake_.get(), POLLIN, 0};
        if (::poll(&descriptor, 1, static_cast<int>(left)) > 0) {
            uint64_t count;
            (void)!::read(wake_.get(), &count, sizeof count);
        }
    }
    signal(cancel_);
    for (Worker &worker : workers_) worker.thread.join();
    workers_.clear();
}

// MARK: - C

cd_listener *cd_listener_start(const cd_listener_configuration *configuration, const cd_listener_callbacks *callbacks,
                               cd_error *error) {
    initializeNetwork();
    Descriptor plain, secure;
    if (configuration->is_tls_only != 1) {
        plain = listeningSocket(configuration->address, configuration->port, error);
        if (!plain) return nullptr;
    }
    if (configuration->tls != nullptr) {
        secure = listeningSocket(configuration->address, configuration->tls_port, error);
        if (!secure) return nullptr;
    }
    try {
        return new cd_listener(std::move(plain), std::move(secure), *configuration, *callbacks);
    } catch (const std::exception &exception) {
        fail(error, exception.what());
        return nullptr;
    }
}

uint16_t cd_listener_port(const cd_listener *listener) { return listener->port; }

uint16_t cd_listener_tls_port(const cd_listener *listener) { return listener->tlsPort; }

void cd_listener_stop(cd_listener *listener, double grace_seconds) {
    listener->stop(grace_seconds);
    delete listener;
}
