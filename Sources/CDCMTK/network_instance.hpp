/// A data set on its way from an association to a Part 10 file; never seen from Swift.
#pragma once
#include "network_file.hpp"

#include <dcmtk/dcmdata/dcostrma.h>

namespace cdcmtk {

/// What file meta information (PS3.10 section 7.1) says.
struct MetaInformation {
    const char *sopClassUID, *sopInstanceUID, *transferSyntaxUID;
    const char *implementationClassUID, *implementationVersionName, *sourceAETitle;

    /// Preamble, prefix and group 0002.
    std::string encoded() const;
};

/// Takes a data set's bytes as they come: writes them behind the file meta information, and hashes them.
///
/// To DCMTK it never fails. A failure to write is kept and the rest swallowed, so that the peer gets its answer after
/// the last fragment; DCMTK's own way out waits for a fragment that never comes where the last one fails.
class InstanceConsumer : public DcmConsumer {
public:
    /// The buffer may serve one data set after another, and must outlive this one.
    explicit InstanceConsumer(WriteBuffer &buffer) : file_(buffer) {}
    ~InstanceConsumer() override;
    InstanceConsumer(const InstanceConsumer &) = delete;

    /// Creates the file, which must not exist, and writes the meta information. Failures are kept.
    void open(const char *path, const MetaInformation &meta);
    /// Closes the file; removes it if anything has failed.
    void finish();
    /// Closes the file and removes it.
    void discard();
    /// What came; `path` is NULL if nothing stands on disk.
    cd_received received() const;

    OFBool good() const override { return OFTrue; }
    OFCondition status() const override { return EC_Normal; }
    OFBool isFlushed() const override { return OFTrue; }
    offile_off_t avail() const override { return 1 << 30; }
    offile_off_t write(const void *bytes, offile_off_t count) override;
    void flush() override {}

private:
    std::string path_;
    OutputFile file_;
    uint64_t bytes_ = 0;
};

/// The stream that DCMTK writes to.
class InstanceStream : public DcmOutputStream {
public:
    explicit InstanceStream(InstanceConsumer &consumer) : DcmOutputStream(&consumer) {}
};

}  // namespace cdcmtk
