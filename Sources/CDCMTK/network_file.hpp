/// A file that is written once, from front to back, past the page cache; never seen from Swift.
#pragma once
#include "network.hpp"

#include <openssl/evp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

namespace cdcmtk {

/// A piece of a file that is to be written.
struct Piece {
    int descriptor;
    const uint8_t *bytes;
    size_t count;
    uint64_t offset;

    /// Writes it; what does not fill a block, or what the file system refuses to take with O_DIRECT, as any other file.
    /// Returns `errno`, or 0.
    int write() const;
};

/// Writes in a thread of its own, while who asked for it does something else with the same bytes.
///
/// The disk has to be waited for, and so has the hash; side by side they take as long as the longer of the two.
class CompanionWriter {
public:
    CompanionWriter() = default;
    ~CompanionWriter();
    CompanionWriter(const CompanionWriter &) = delete;

    /// Begins to write a piece, which must stay as it is until `finish`. Small ones are not worth a thread, and are written
    /// when this returns, as all are where no thread is to be had.
    void begin(const Piece &piece);
    /// Waits for the end of what was begun. Returns `errno`, or 0.
    int finish();

private:
    void run();

    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    Piece piece_{};
    bool isBusy_ = false, isEnding_ = false;
    int error_ = 0;
};

/// Memory in which an association gathers what it writes, and the thread that writes it; kept from one data set to the
/// next.
class WriteBuffer {
public:
    /// Room for a CT slice of 512x512x16 bit and its header, which so needs one write.
    static constexpr size_t capacity = 1 << 20;

    /// The memory, made at the first call. Throws `std::bad_alloc`.
    uint8_t *bytes();
    CompanionWriter &writer() { return writer_; }

private:
    struct Free {
        void operator()(uint8_t *bytes) const;
    };
    std::unique_ptr<uint8_t, Free> bytes_;
    /// Ends before its memory does.
    CompanionWriter writer_;
};

/// Writes a file in large pieces with O_DIRECT, where the file system takes it, and hashes each while it is written.
///
/// What a scanner sends is read again in minutes, if at all: going through the page cache would cost a copy and the
/// allocation of its pages, push out what others use, and leave all the writing to the moment of synchronisation.
class OutputFile {
public:
    /// Throws `std::bad_alloc`.
    explicit OutputFile(WriteBuffer &buffer);
    ~OutputFile();
    OutputFile(const OutputFile &) = delete;

    /// Creates the file, which must not exist. Failures of this and what follows are kept; the first one counts.
    void create(const char *path);
    void append(const void *bytes, size_t count);
    /// What is appended from here on is what `digest` tells of. Called before the buffer has been full.
    void beginDigest() { digestFrom_ = filled_; }
    /// Writes what is left and closes. Of a file that is no longer than the buffer, the buffer still holds all.
    void close();
    /// Closes without writing what is left.
    void abandon();
    bool isOpen() const { return static_cast<bool>(descriptor_); }
    /// `errno` of the first failure, or 0.
    int error() const { return error_; }
    /// The whole file, if it is no longer than the buffer; else NULL. Valid until the buffer's next use.
    const uint8_t *whole() const { return written_ <= WriteBuffer::capacity && error_ == 0 ? buffer_.bytes() : nullptr; }
    uint64_t length() const { return written_; }
    /// SHA-256, of a file that is closed without an error.
    const uint8_t *digest() const { return digest_; }

private:
    void flush();

    WriteBuffer &buffer_;
    EVP_MD_CTX *hash_;
    uint8_t digest_[32] = {};
    Descriptor descriptor_;
    int error_ = 0;
    /// How far the buffer is filled, and from where on its bytes are to be hashed.
    size_t filled_ = 0, digestFrom_ = 0;
    /// Bytes in the file.
    uint64_t written_ = 0;
};

}  // namespace cdcmtk
