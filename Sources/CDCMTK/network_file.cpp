#include "network_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>

using namespace cdcmtk;

namespace {

/// What O_DIRECT asks memory, offset and length to be a multiple of, on every file system met so far.
constexpr size_t block = 4096;

}  // namespace

void WriteBuffer::Free::operator()(uint8_t *bytes) const { std::free(bytes); }

uint8_t *WriteBuffer::bytes() {
    if (!bytes_) {
        bytes_.reset(static_cast<uint8_t *>(std::aligned_alloc(block, capacity)));
        if (!bytes_) throw std::bad_alloc();
    }
    return bytes_.get();
}

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
        length_ += part;
        next += part;
        count -= part;
        if (count > 0) flush();
    }
}

/// Writes the buffer out, its last block filled up with zeros.
void OutputFile::flush() {
    const size_t padded = (filled_ + block - 1) / block * block;
    std::memset(buffer_.bytes() + filled_, 0, padded - filled_);
    put(buffer_.bytes(), padded);
    filled_ = 0;
}

void OutputFile::put(const uint8_t *bytes, size_t count) {
    while (error_ == 0 && count > 0) {
        const ssize_t part = ::pwrite(descriptor_.get(), bytes, count, static_cast<off_t>(written_));
        if (part >= 0) {
            bytes += part;
            count -= static_cast<size_t>(part);
            written_ += static_cast<uint64_t>(part);
        } else if (errno == EINVAL && (fcntl(descriptor_.get(), F_GETFL) & O_DIRECT) != 0) {
            // Larger blocks than ours, or the rest of a block that was written in part.
            if (fcntl(descriptor_.get(), F_SETFL, 0) != 0) error_ = errno;
        } else if (errno != EINTR) {
            error_ = errno;
        }
    }
}

void OutputFile::close() {
    if (!descriptor_) return;
    if (error_ == 0 && filled_ > 0) flush();
    if (error_ == 0 && written_ != length_ && ftruncate(descriptor_.get(), static_cast<off_t>(length_)) != 0)
        error_ = errno;
    abandon();
}

void OutputFile::abandon() {
    if (descriptor_ && ::close(descriptor_.release()) != 0 && error_ == 0) error_ = errno;
}
