#include "network_instance.hpp"

#include <unistd.h>

#include <cstring>

using namespace cdcmtk;

namespace {

/// Appends an element of group 0002 with a 16-bit length in Explicit VR Little Endian, padded to even length.
void put(std::string &out, uint16_t element, const char *vr, std::string value, char padding) {
    if (value.size() % 2 != 0) value.push_back(padding);
    const auto length = static_cast<uint16_t>(value.size());
    const char head[] = {2,     0,     static_cast<char>(element & 0xff), static_cast<char>(element >> 8),
                         vr[0], vr[1], static_cast<char>(length & 0xff),  static_cast<char>(length >> 8)};
    out.append(head, sizeof head).append(value);
}

}  // namespace

std::string MetaInformation::encoded() const {
    // (0002,0001) File Meta Information Version has the long form of OB: two reserved bytes, a 32-bit length.
    std::string group("\x02\x00\x01\x00OB\x00\x00\x02\x00\x00\x00\x00\x01", 14);
    put(group, 0x0002, "UI", sopClassUID, '\0');
    put(group, 0x0003, "UI", sopInstanceUID, '\0');
    put(group, 0x0010, "UI", transferSyntaxUID, '\0');
    put(group, 0x0012, "UI", implementationClassUID, '\0');
    put(group, 0x0013, "SH", implementationVersionName, ' ');
    put(group, 0x0016, "AE", sourceAETitle, ' ');
    const auto length = static_cast<uint32_t>(group.size());
    std::string groupLength;
    for (int shift = 0; shift < 32; shift += 8) groupLength.push_back(static_cast<char>(length >> shift & 0xff));
    std::string file(128, '\0');
    file += "DICM";
    put(file, 0x0000, "UL", groupLength, '\0');
    return file + group;
}

InstanceConsumer::~InstanceConsumer() {
    if (file_.isOpen()) discard();
}

void InstanceConsumer::open(const char *path, const MetaInformation &meta) {
    file_.create(path);
    if (!file_.isOpen()) return;
    path_ = path;
    const std::string header = meta.encoded();
    file_.append(header.data(), header.size());
    file_.beginDigest();
}

offile_off_t InstanceConsumer::write(const void *bytes, offile_off_t count) {
    bytes_ += static_cast<uint64_t>(count);
    file_.append(bytes, static_cast<size_t>(count));
    // Not when the peer is done: what there is of it may be what has filled the disk, for everyone.
    if (file_.error() != 0 && file_.isOpen()) discard();
    return count;
}

void InstanceConsumer::finish() {
    file_.close();
    if (file_.error() != 0) discard();
}

void InstanceConsumer::discard() {
    file_.abandon();
    if (!path_.empty()) (void)::unlink(path_.c_str());
    path_.clear();
}

cd_received InstanceConsumer::received() const {
    cd_received received{};
    received.path = path_.empty() ? nullptr : path_.c_str();
    received.bytes = bytes_;
    std::memcpy(received.sha256, file_.digest(), sizeof received.sha256);
    received.write_error = file_.error();
    received.contents = file_.whole();
    received.contents_length = received.contents == nullptr ? 0 : static_cast<size_t>(file_.length());
    return received;
}
