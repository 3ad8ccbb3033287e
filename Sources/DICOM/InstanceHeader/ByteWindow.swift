import Foundation

/// The bytes of a file or of borrowed memory through a window of a few kilobytes, or bytes of its own.
///
/// Read from front to back, the whole costs no more than the file's length in reads, however hostile its lengths.
struct ByteWindow {
    /// How many bytes there are.
    let count: Int
    private let file: Descriptor?
    private let memory: UnsafeRawBufferPointer?
    private var window: [UInt8]
    private var windowStart = 0

    private static let windowBytes = 8192

    /// A file descriptor that closes itself.
    private final class Descriptor {
        let path: String
        let number: Int32

        init(_ path: String) throws(InstanceHeaderError) {
            self.path = path
            number = open(path, O_RDONLY | O_CLOEXEC)
            if number < 0 { throw .unreadable(path: path, code: errno) }
        }

        deinit { close(number) }
    }

    init(bytes: [UInt8]) {
        (file, memory, window, count) = (nil, nil, bytes, bytes.count)
    }

    /// Borrows memory, which must outlive the window.
    init(borrowing memory: UnsafeRawBufferPointer) {
        (file, self.memory, window, count) = (nil, memory, [], memory.count)
    }

    init(path: String) throws(InstanceHeaderError) {
        let file = try Descriptor(path)
        var status = stat()
        guard fstat(file.number, &status) == 0 else { throw .unreadable(path: path, code: errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .unreadable(path: path, code: EINVAL) }
        (self.file, memory, window, count) = (file, nil, [], Int(status.st_size))
    }

    /// The `length` bytes at `offset`, which must lie within.
    mutating func bytes(at offset: Int, _ length: Int) throws(InstanceHeaderError) -> ArraySlice<UInt8> {
        precondition(offset >= 0 && length >= 0 && length <= count - offset)
        if offset < windowStart || offset + length > windowStart + window.count {
            try fill(at: offset, max(length, min(Self.windowBytes, count - offset)))
        }
        return window[offset - windowStart..<offset - windowStart + length]
    }

    private mutating func fill(at offset: Int, _ length: Int) throws(InstanceHeaderError) {
        if let memory {
            (window, windowStart) = (Array(memory[offset..<offset + length]), offset)
            return
        }
        guard let file else { preconditionFailure("bytes of its own are all in the window") }
        var buffer = [UInt8](repeating: 0, count: length)
        var filled = 0
        while filled < length {
            let got = buffer.withUnsafeMutableBytes { space in
                pread(file.number, space.baseAddress! + filled, length - filled, off_t(offset + filled))
            }
            if got < 0, errno == EINTR { continue }
            if got < 0 { throw .unreadable(path: file.path, code: errno) }
            // Shorter than a moment ago: someone cut the file while it was read.
            if got == 0 { throw .truncated(offset: offset + filled) }
            filled += got
        }
        (window, windowStart) = (buffer, offset)
    }
}
