#include "network.hpp"

#include <fcntl.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>

using namespace cdcmtk;
using std::chrono::milliseconds;

namespace {

/// How long one read or write may stand still where DCMTK sets no limit of its own.
constexpr milliseconds stillness{30'000};
/// How many bytes of one write, a PDU at most, give the peer a second more to take them.
constexpr size_t bytesForASecond = 1 << 10;

/// DCMTK takes a socket that is already connected through a global; this guards it.
std::mutex externalSocket;

}  // namespace

void cdcmtk::initializeNetwork() {
    static std::once_flag once;
    std::call_once(once, [] {
        initialize();
        // Every association has a thread of its own, and for each the allocator would reserve another 64 MiB.
        (void)mallopt(M_ARENA_MAX, 4);
        // Each PDU is some 130 KiB for a moment. Given back to the system each time, as the allocator would by itself, its
        // pages would have to be had and zeroed again for the next.
        (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
        (void)mallopt(M_TRIM_THRESHOLD, 4 << 20);
        dcmDisableGethostbyaddr.set(OFTrue);  // a reverse look-up per association stalls where DNS does
        dcmSocketReceiveTimeout.set(30);
        dcmSocketSendTimeout.set(30);
        dcmConnectionTimeout.set(10);
        dcmAssociatePDUSizeLimit.set(1 << 20);
        // The first network builds the state table and ignores SIGPIPE, without a lock.
        T_ASC_Network *network = nullptr;
        if (ASC_initializeNetwork(NET_REQUESTOR, 0, 10, &network).good()) ASC_dropNetwork(&network);
    });
}

void cdcmtk::prepareSocket(int descriptor) {
    const int on = 1;
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    // A peer that is gone without a word, such as with its power, is noticed after two minutes and not after two hours.
    const int idleSeconds = 60, intervalSeconds = 15, probes = 4;
    (void)setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idleSeconds, sizeof idleSeconds);
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &intervalSeconds, sizeof intervalSeconds);
    (void)setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof probes);
    (void)fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    (void)fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);
}

bool cdcmtk::resolve(const char *host, uint16_t port, sockaddr_in &address, cd_error *error) {
    addrinfo hints{};
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    addrinfo *found = nullptr;
    if (const int code = getaddrinfo(host, nullptr, &hints, &found); code != 0)
        return fail(error, gai_strerror(code)) == 1;
    address = *reinterpret_cast<const sockaddr_in *>(found->ai_addr);
    address.sin_port = htons(port);
    freeaddrinfo(found);
    return true;
}

Descriptor &Descriptor::operator=(Descriptor &&other) noexcept {
    if (this != &other) {
        reset();
        value_ = other.release();
    }
    return *this;
}

void Descriptor::reset() {
    if (value_ >= 0) (void)::close(value_);
    value_ = -1;
}

// MARK: - Connection

ssize_t Channel::read(void *bytes, size_t count) {
    return session ? session->read(bytes, count) : ::recv(socket, bytes, count, 0);
}

ssize_t Channel::write(const void *bytes, size_t count) {
    return session ? session->write(bytes, count) : ::send(socket, bytes, count, MSG_NOSIGNAL);
}

Connection::Connection(Channel channel, std::vector<uint8_t> early, int cancel, Fate &fate)
    : DcmTransportConnection(channel.socket), channel_(std::move(channel)), early_(std::move(early)), cancel_(cancel),
      fate_(fate) {
    prepareSocket(getSocket());
}

OFCondition Connection::clientSideHandshake() {
    if (!channel_.session) return EC_Normal;
    const Clock::time_point until = Clock::now() + stillness;
    for (;;) {
        const TLSSession::Progress progress = channel_.session->handshake();
        if (progress == TLSSession::Progress::done) return EC_Normal;
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
        if (progress == TLSSession::Progress::again && wait(channel_.session->awaited(), left)) continue;
        noteTrouble();
        return makeDcmnetCondition(DULC_TLSERROR, OF_error, "TLS handshake failed");
    }
}

void Connection::noteTrouble() {
    if (!channel_.session || channel_.session->trouble() == cd_tls_trouble_none) return;
    fate_.trouble = channel_.session->trouble();
    fate_.troubleText = channel_.session->text();
}

void Connection::end(milliseconds limit) {
    cancel_ = -1;
    deadline_ = Clock::now() + limit;
}

Descriptor Connection::another() { return Descriptor(fcntl(getSocket(), F_DUPFD_CLOEXEC, 0)); }

bool Connection::wait(short events, milliseconds limit) {
    const Clock::time_point until = std::min(Clock::now() + limit, deadline_.value_or(Clock::time_point::max()));
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
        pollfd descriptors[] = {{getSocket(), events, 0}, {cancel_, POLLIN, 0}};
        const int found = ::poll(descriptors, 2, static_cast<int>(std::max(left, milliseconds(0)).count()));
        if (found < 0 && errno == EINTR) continue;
        fate_.cancelled = found > 0 && descriptors[1].revents != 0;
        fate_.timedOut = found == 0;
        return found > 0 && !fate_.cancelled;
    }
}

/// Waits for more of what the peer has begun, which has a pace to keep, or for something new, which has not.
bool Connection::waitForPeer(short events, milliseconds limit) {
    const auto patience = inbound_.patience();
    if (patience && *patience <= milliseconds(0)) {
        fate_.timedOut = true;
        fate_.refusal = "a message came too slowly";
        return false;
    }
    const Clock::time_point begin = Clock::now();
    const bool arrived = wait(events, patience ? std::min(limit, *patience) : limit);
    inbound_.waited(std::chrono::duration_cast<milliseconds>(Clock::now() - begin));
    return arrived;
}

/// What was read, once it is known to be fit for DCMTK.
ssize_t Connection::taken(const void *bytes, ssize_t count) {
    if (inbound_.take(static_cast<const uint8_t *>(bytes), static_cast<size_t>(count))) return count;
    fate_.refusal = inbound_.refusal();
    errno = EPROTO;
    return -1;
}

bool Connection::arrives(milliseconds limit) {
    if (getSocket() < 0 || position_ < early_.size() || channel_.holdsBytes()) return true;
    const bool arrived = wait(POLLIN, limit);
    fate_.timedOut = false;
    return arrived || fate_.cancelled;
}

OFBool Connection::networkDataAvailable(int seconds) {
    if (getSocket() < 0) return OFFalse;
    // DCMTK asks twice for each PDU.
    if (position_ < early_.size() || channel_.holdsBytes() || isReadable_) return OFTrue;
    // DCMTK passes a negative time where it has none.
    return isReadable_ = waitForPeer(POLLIN, seconds < 0 ? stillness : std::chrono::seconds(seconds));
}

ssize_t Connection::read(void *bytes, size_t count) {
    isReadable_ = false;
    if (position_ < early_.size()) {
        const size_t part = std::min(count, early_.size() - position_);
        std::memcpy(bytes, early_.data() + position_, part);
        position_ += part;
        if (position_ == early_.size()) early_ = {}, position_ = 0;
        return taken(bytes, static_cast<ssize_t>(part));
    }
    // Also where something arrives all the time that holds no data, as under TLS it may.
    const Clock::time_point until = Clock::now() + stillness;
    for (;;) {
        const ssize_t got = channel_.read(bytes, count);
        if (got > 0) {
            acknowledge();
            return taken(bytes, got);
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
            fate_.closed = true;
            noteTrouble();
            return got;
        }
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
        if (errno == EAGAIN && !waitForPeer(channel_.awaited(POLLIN), std::max(left, milliseconds(0)))) return -1;
        if (left <= milliseconds(0)) {
            fate_.timedOut = true;
            return -1;
        }
    }
}

/// Has the kernel acknowledge at once what has come. A peer that leaves Nagle's algorithm on sends the last part of a
/// message only when all before it is acknowledged, and the kernel would take its time; it forgets this wish on its own.
void Connection::acknowledge() {
    const int on = 1;
    (void)setsockopt(getSocket(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
}

ssize_t Connection::write(void *bytes, size_t count) {
    const Clock::time_point until = Clock::now() + stillness + std::chrono::seconds(count / bytesForASecond);
    size_t sent = 0;
    while (sent < count) {
        const ssize_t part = channel_.write(static_cast<uint8_t *>(bytes) + sent, count - sent);
        if (part > 0) {
            sent += static_cast<size_t>(part);
        } else if (part < 0 && errno == EAGAIN) {
            const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
            if (!wait(channel_.awaited(POLLOUT), std::min(left, stillness))) return -1;
        } else if (part == 0 || errno != EINTR) {
            fate_.closed = true;
            noteTrouble();
            return -1;
        }
    }
    return static_cast<ssize_t>(sent);
}

void Connection::close() {
    if (getSocket() < 0) return;
    if (channel_.session) channel_.session->sayGoodbye();
    (void)::close(getSocket());
    setSocket(-1);
}

// MARK: - Association

DcmTransportConnection *Association::Layer::createConnection(DcmNativeSocketType socket, OFBool) {
    created = true;
    if (tls != nullptr) session = TLSSession::client(*tls, socket, certificateName);
    return new Connection({socket, std::move(session)}, std::move(early), cancel, fate);
}

OFCondition Association::receive(Descriptor socket, std::unique_ptr<TLSSession> session, std::vector<uint8_t> request,
                                 int cancel, int acseSeconds) {
    layer_.session = std::move(session);
    layer_.early = std::move(request);
    layer_.cancel = cancel;
    // The whole request lies in `early`, so that nobody waits for a peer while the lock is held.
    const std::lock_guard lock(externalSocket);
    dcmExternalSocketHandle.set(socket.get());
    OFCondition condition = ASC_initializeNetwork(NET_ACCEPTOR, 0, acseSeconds, &network_);
    if (condition.good()) condition = ASC_setTransportLayer(network_, &layer_, 0);
    if (condition.good())
        condition = ASC_receiveAssociation(network_, &association_, ASC_MAXIMUMPDUSIZE, nullptr, nullptr, OFFalse,
                                           DUL_NOBLOCK, acseSeconds);
    dcmExternalSocketHandle.set(DCMNET_INVALID_SOCKET);
    if (layer_.created) (void)socket.release();
    return condition;
}

OFCondition Association::request(T_ASC_Parameters *parameters, int acseSeconds, const cd_tls *tls,
                                 const char *certificateName) {
    layer_.tls = tls;
    layer_.certificateName = certificateName == nullptr ? "" : certificateName;
    OFCondition condition = ASC_initializeNetwork(NET_REQUESTOR, 0, acseSeconds, &network_);
    if (condition.good()) condition = ASC_setTransportLayer(network_, &layer_, 0);
    if (condition.good())
        condition = ASC_requestAssociation(network_, parameters, &association_, nullptr, nullptr, DUL_NOBLOCK,
                                           acseSeconds);
    if (association_ == nullptr) ASC_destroyAssociationParameters(&parameters);
    return condition;
}

Association::~Association() {
    if (association_ != nullptr) {
        end(milliseconds(0));
        ASC_destroyAssociation(&association_);
    }
    if (network_ != nullptr) ASC_dropNetwork(&network_);
}

void Association::end(milliseconds limit) {
    if (auto *open = connection()) open->end(limit);
}

bool Association::arrives(milliseconds limit) const {
    auto *open = connection();
    return open == nullptr || open->arrives(limit);
}

void Association::setGrace(milliseconds grace) {
    if (auto *open = connection()) open->setGrace(grace);
}

/// nullptr where there is none, or not any more.
Connection *Association::connection() const {
    if (association_ == nullptr || association_->DULassociation == nullptr) return nullptr;
    return dynamic_cast<Connection *>(DUL_getTransportConnection(association_->DULassociation));
}

void Association::abort() {
    end(milliseconds(1'000));
    ASC_abortAssociation(association_);
}

void Association::drop() {
    end(milliseconds(1'000));
    ASC_dropSCPAssociation(association_, 1);
}

Descriptor Association::leave() {
    auto *open = connection();
    Descriptor left = open == nullptr ? Descriptor() : open->another();
    end(milliseconds(0));
    ASC_dropSCPAssociation(association_, 1);
    return left;
}

// MARK: - Small conversions

void cdcmtk::setImplementation(T_ASC_Parameters &parameters, const char *classUID, const char *versionName) {
    OFStandard::strlcpy(parameters.ourImplementationClassUID, classUID, sizeof parameters.ourImplementationClassUID);
    OFStandard::strlcpy(parameters.ourImplementationVersionName, versionName,
                        sizeof parameters.ourImplementationVersionName);
}

bool cdcmtk::carries(const char *transferSyntaxUID) {
    switch (DcmXfer(transferSyntaxUID).getXfer()) {
        // Known to the data dictionary, refused by the code that receives messages.
        case EXS_Unknown:
        case EXS_BigEndianImplicit:
        case EXS_JPIPReferenced:
        case EXS_JPIPReferencedDeflate:
        case EXS_PrivateGE_LEI_WithBigEndianPixelData: return false;
        default: return true;
    }
}

void cdcmtk::setAnswer(cd_answer &answer, uint16_t status, const char *comment) {
    answer.status = status;
    OFStandard::strlcpy(answer.comment, comment, sizeof answer.comment);
}
