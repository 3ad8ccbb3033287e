#include "network_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>

using namespace cdcmtk;

namespace {

/// What O_DIRECT asks memory, offset and length to be a multiple of, on every file system met so far.
constexpr size_t block = 4096;

/// Below this a write takes no longer than to wake a thread for it.
constexpr size_t companionable = 64 << 10;

}  // namespace

int Piece::write() const {
    const int flags = fcntl(descriptor, F_GETFL);
    bool isDirect = (flags & O_DIRECT) != 0;
    size_t done = 0;
    while (done < count) {
        const size_t rest = count - done;
        // A rest is short only at the end of a file, or where less was written than asked for.
        if (isDirect && (rest < block || (offset + done) % block != 0)) {
            if (fcntl(descriptor, F_SETFL, flags & ~O_DIRECT) != 0) return errno;
            isDirect = false;
        }
        const size_t part = isDirect ? rest / block * block : rest;
        const ssize_t written = ::pwrite(descriptor, bytes + done, part, static_cast<off_t>(offset + done));
        if (written == 0) return EIO;
        if (written > 0) {
            done += static_cast<size_t>(written);
        } else if (errno == EINVAL && isDirect) {
            // Larger blocks than ours.
            if (fcntl(descriptor, F_SETFL, flags & ~O_DIRECT) != 0) return errno;
            isDirect = false;
        } else if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

CompanionWriter::~CompanionWriter() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        isEnding_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

void CompanionWriter::begin(const Piece &piece) {
    if (piece.count >= companionable && !thread_.joinable()) {
        try {
            thread_ = std::thread([this] { run(); });
        } catch (const std::exception &) {
            // No more threads or memory: it goes without.
        }
    }
    if (piece.count < companionable || !thread_.joinable()) {
        error_ = piece.write();
        return;
    }
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        piece_ = piece;
        isBusy_ = true;
    }
    changed_.notify_all();
}

int CompanionWriter::finish() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [this] { return !isBusy_; });
    return error_;
}

void CompanionWriter::run() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
        changed_.wait(lock, [this] { return isBusy_ || isEnding_; });
        if (!isBusy_) return;
        const Piece piece = piece_;
        lock.unlock();
        const int error = piece.write();
        lock.lock();
        error_ = error;
        isBusy_ = false;
        changed_.notify_all();
    }
}

void WriteBuffer::Free::operator()(uint8_t *bytes) const { std::free(bytes); }

uint8_t *WriteBuffer::bytes() {
    if (!bytes_) {
        bytes_.reset(static_cast<uint8_t *>(std::aligned_alloc(block, capacity)));
        if (!bytes_) throw std::bad_alloc();
    }
    return bytes_.get();
}

OutputFile::OutputFile(WriteBuffer &buffer) : buffer_(buffer), hash_(EVP_MD_CTX_new()) {
    if (hash_ != nullptr && EVP_DigestInit_ex(hash_, EVP_sha256(), nullptr) == 1) return;
    EVP_MD_CTX_free(hash_);
    throw std::bad_alloc();
}

OutputFile::~OutputFile() { EVP_MD_CTX_free(hash_); }

void OutputFile::create(const char *path) {
    constexpr int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW;
    (void)buffer_.bytes();
    descriptor_ = Descriptor(::open(path, flags | O_DIRECT, 0640));
    // Some file systems know no O_DIRECT, and say so only once they have made the file.
    if (!descriptor_ && errno == EINVAL) {
        (void)::unlink(path);
        descriptor_ = Descriptor(::open(path, flags, 0640));
    }
    if (!descriptor_) error_ = errno;
}

void OutputFile::append(const void *bytes, size_t count) {
    const auto *next = static_cast<const uint8_t *>(bytes);
    while (descriptor_ && error_ == 0 && count > 0) {
        const size_t part = std::min(count, WriteBuffer::capacity - filled_);
        std::memcpy(buffer_.bytes() + filled_, next, part);
        filled_ += part;
        next += part;
        count -= part;
        if (count > 0) flush();
    }
}

/// Writes the buffer out, and hashes it meanwhile.
void OutputFile::flush() {
    buffer_.writer().begin({descriptor_.get(), buffer_.bytes(), filled_, written_});
    EVP_DigestUpdate(hash_, buffer_.bytes() + digestFrom_, filled_ - digestFrom_);
    error_ = buffer_.writer().finish();
    written_ += filled_;
    filled_ = digestFrom_ = 0;
}

void OutputFile::close() {
    if (!descriptor_) return;
    if (error_ == 0 && filled_ > 0) flush();
    EVP_DigestFinal_ex(hash_, digest_, nullptr);
    abandon();
}

void OutputFile::abandon() {
    if (descriptor_ && ::close(descriptor_.release()) != 0 && error_ == 0) error_ = errno;
}
