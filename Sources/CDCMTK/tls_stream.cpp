#include "network.hpp"

#include <linux/sockios.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

using namespace cdcmtk;
using std::chrono::milliseconds;

/// One connection, used by one thread at a time.
struct cd_tls_stream {
    Descriptor socket;
    milliseconds limit;
    std::unique_ptr<TLSSession> session;

    bool connect(const sockaddr_in &address);
    bool shakeHands();
    bool send(const uint8_t *bytes, size_t count);
    bool settle();
    bool wait(short events, Clock::time_point until);
};

bool cd_tls_stream::wait(short events, Clock::time_point until) {
    for (;;) {
        const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
        pollfd descriptor{socket.get(), events, 0};
        const int found = ::poll(&descriptor, 1, static_cast<int>(std::max<int64_t>(left, 0)));
        if (found < 0 && errno == EINTR) continue;
        if (found == 0) errno = ETIMEDOUT;
        return found > 0;
    }
}

bool cd_tls_stream::connect(const sockaddr_in &address) {
    socket = Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) return false;
    prepareSocket(socket.get());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0) return true;
    if (errno != EINPROGRESS || !wait(POLLOUT, Clock::now() + limit)) return false;
    int code = 0;
    socklen_t length = sizeof code;
    (void)getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &code, &length);
    errno = code;
    return code == 0;
}

bool cd_tls_stream::shakeHands() {
    const Clock::time_point until = Clock::now() + limit;
    for (;;) {
        const TLSSession::Progress progress = session->handshake();
        if (progress == TLSSession::Progress::done) return true;
        if (progress == TLSSession::Progress::failed || !wait(session->awaited(), until)) return false;
    }
}

bool cd_tls_stream::send(const uint8_t *bytes, size_t count) {
    while (count > 0) {
        const ssize_t part = session->write(bytes, count);
        if (part > 0) {
            bytes += part;
            count -= static_cast<size_t>(part);
        } else if (part == 0 || errno != EAGAIN || !wait(session->awaited(), Clock::now() + limit)) {
            return false;
        }
    }
    return settle();
}

/// The protocols above give no acknowledgement of their own (RFC 5425 section 4.3), so that the peer's system is asked.
bool cd_tls_stream::settle() {
    const Clock::time_point until = Clock::now() + limit;
    for (int unsent = 1; unsent > 0;) {
        if (::ioctl(socket.get(), SIOCOUTQ, &unsent) != 0) return false;
        if (unsent == 0) break;
        if (Clock::now() >= until) {
            errno = ETIMEDOUT;
            return false;
        }
        // Nothing signals an acknowledgement; an end of the connection is signalled.
        pollfd descriptor{socket.get(), POLLRDHUP, 0};
        if (::poll(&descriptor, 1, 5) > 0) return false;
    }
    return true;
}

// MARK: - C

cd_tls_stream *cd_tls_stream_open(const cd_tls *tls, const cd_tls_target *target, cd_tls_trouble *trouble,
                                  cd_error *error) {
    initializeNetwork();
    *trouble = cd_tls_trouble_none;
    sockaddr_in address{};
    if (!resolve(target->host, target->port, address, error)) return nullptr;
    auto stream = std::make_unique<cd_tls_stream>();
    stream->limit = std::chrono::seconds(target->seconds);
    if (!stream->connect(address)) {
        fail(error, std::generic_category().message(errno).c_str());
        return nullptr;
    }
    stream->session = TLSSession::client(*tls, stream->socket.get(),
                                         target->certificate_name == nullptr ? "" : target->certificate_name);
    if (stream->shakeHands()) return stream.release();
    *trouble = stream->session->trouble() == cd_tls_trouble_none ? cd_tls_trouble_closed : stream->session->trouble();
    fail(error, stream->session->text().c_str());
    return nullptr;
}

int cd_tls_stream_send(cd_tls_stream *stream, const uint8_t *bytes, size_t count, cd_error *error) {
    if (stream->send(bytes, count)) return 1;
    const TLSSession &session = *stream->session;
    return fail(error, session.trouble() == cd_tls_trouble_none ? std::generic_category().message(errno).c_str()
                                                                : session.text().c_str());
}

int cd_tls_stream_is_over(cd_tls_stream *stream, uint32_t limit) {
    const Clock::time_point until = Clock::now() + milliseconds(limit);
    for (;;) {
        uint8_t byte = 0;
        // What TLS says for itself, such as a session ticket, is taken in by this and gives no byte.
        if (stream->session->read(&byte, 1) >= 0 || errno != EAGAIN) return 1;
        if (!stream->wait(POLLIN, until)) return 0;
    }
}

void cd_tls_stream_close(cd_tls_stream *stream) {
    stream->session->sayGoodbye();
    delete stream;
}
