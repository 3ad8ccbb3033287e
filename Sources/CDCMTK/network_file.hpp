/// A file that is written once, from front to back, past the page cache; never seen from Swift.
#pragma once
#include "network.hpp"

#include <memory>

namespace cdcmtk {

/// Memory in which an association gathers what it writes; kept from one data set to the next.
class WriteBuffer {
public:
    /// Room for a CT slice of 512x512x16 bit and its header, which so needs one write.
    static constexpr size_t capacity = 1 << 20;

    /// The memory, made at the first call. Throws `std::bad_alloc`.
    uint8_t *bytes();

private:
    struct Free {
        void operator()(uint8_t *bytes) const;
    };
    std::unique_ptr<uint8_t, Free> bytes_;
};

/// Writes a file in large pieces with O_DIRECT, where the file system takes it.
///
/// What a scanner sends is read again in minutes, if at all: going through the page cache would cost a copy and the
/// allocation of its pages, push out what others use, and leave all the writing to the moment of synchronisation.
class OutputFile {
public:
    explicit OutputFile(WriteBuffer &buffer) : buffer_(buffer) {}

    /// Creates the file, which must not exist. Failures of this and what follows are kept; the first one counts.
    void create(const char *path);
    void append(const void *bytes, size_t count);
    /// Writes what is left and closes. Of a file that is no longer than the buffer, the buffer still holds all.
    void close();
    /// Closes without writing what is left.
    void abandon();
    bool isOpen() const { return static_cast<bool>(descriptor_); }
    /// `errno` of the first failure, or 0.
    int error() const { return error_; }
    /// The whole file, if it is no longer than the buffer; else NULL. Valid until the buffer's next use.
    const uint8_t *whole() const { return written_ <= WriteBuffer::capacity && error_ == 0 ? buffer_.bytes() : nullptr; }
    uint64_t length() const { return length_; }

private:
    void flush();
    void put(const uint8_t *bytes, size_t count);

    WriteBuffer &buffer_;
    Descriptor descriptor_;
    int error_ = 0;
    size_t filled_ = 0;
    /// Bytes in the file, those that pad its last block included, and bytes that belong to it.
    uint64_t written_ = 0, length_ = 0;
};

}  // namespace cdcmtk
