#include "network_inbound.hpp"

#include <algorithm>
#include <cstring>

using namespace cdcmtk;
using std::chrono::milliseconds;

namespace {

/// Longest command set: the longest of any service here, a C-STORE-RQ, comes to a few hundred bytes.
constexpr size_t longestCommand = 1 << 14;
/// How many bytes of a message earn a peer a second of our waiting.
constexpr uint64_t bytesForASecond = 1 << 10;

constexpr uint8_t pData = 4;
constexpr uint8_t commandBit = 1, lastBit = 2;

uint32_t bigEndian(const uint8_t *bytes) {
    return uint32_t{bytes[0]} << 24 | uint32_t{bytes[1]} << 16 | uint32_t{bytes[2]} << 8 | bytes[3];
}

uint32_t littleEndian(const uint8_t *bytes, int count) {
    uint32_t value = 0;
    for (int i = count - 1; i >= 0; --i) value = value << 8 | bytes[i];
    return value;
}

}  // namespace

bool InboundMessages::take(const uint8_t *bytes, size_t count) {
    if (count > 0) hasBegun_ = true;
    bytes_ += count;
    while (count > 0 && refusal_ == nullptr) {
        const size_t used = step(bytes, count);
        bytes += used;
        count -= used;
    }
    return refusal_ == nullptr;
}

std::optional<milliseconds> InboundMessages::patience() const {
    if (!hasBegun_) return std::nullopt;
    const milliseconds earned{static_cast<int64_t>(bytes_ * 1000 / bytesForASecond)};
    return std::max(grace_ + earned - waited_, milliseconds(0));
}

void InboundMessages::waited(milliseconds time) {
    if (hasBegun_) waited_ += time;
}

size_t InboundMessages::step(const uint8_t *bytes, size_t count) {
    switch (part_) {
        case Part::header:
            count = fill(bytes, count);
            if (filled_ == sizeof head_) beginPDU();
            return count;
        case Part::item:
            count = fill(bytes, count);
            if (filled_ == sizeof head_) beginItem();
            return count;
        case Part::value:
            count = std::min<size_t>(count, value_);
            if ((control_ & commandBit) != 0) {
                if (count > longestCommand - command_.size()) refuse("a command set is longer than any there is");
                else command_.insert(command_.end(), bytes, bytes + count);
            }
            value_ -= static_cast<uint32_t>(count);
            if (value_ == 0) endItem();
            return count;
        case Part::other:
            count = std::min<size_t>(count, pdu_);
            pdu_ -= static_cast<uint32_t>(count);
            if (pdu_ == 0) next();
            return count;
    }
    return count;
}

size_t InboundMessages::fill(const uint8_t *bytes, size_t count) {
    count = std::min(count, sizeof head_ - filled_);
    std::memcpy(head_ + filled_, bytes, count);
    filled_ += count;
    return count;
}

/// Type, a reserved byte, and the length of what follows.
void InboundMessages::beginPDU() {
    filled_ = 0;
    pdu_ = bigEndian(head_ + 2);
    part_ = head_[0] == pData ? Part::item : Part::other;
    if (pdu_ == 0) next();
}

/// The length of what follows, a context's number and the control header.
void InboundMessages::beginItem() {
    filled_ = 0;
    const uint32_t length = bigEndian(head_);
    control_ = head_[5];
    if (length < 2 || pdu_ < 4 || length > pdu_ - 4) return refuse("a P-DATA-TF PDU contradicts itself");
    pdu_ -= 4 + length;
    value_ = length - 2;
    part_ = Part::value;
    if (value_ == 0) endItem();
}

void InboundMessages::endItem() {
    const bool isLast = (control_ & lastBit) != 0;
    const bool isCommand = (control_ & commandBit) != 0;
    if (isLast && isCommand && !checkCommand()) return;
    if (isLast && !(isCommand && dataFollow_)) hasBegun_ = false;
    part_ = Part::item;
    if (pdu_ == 0) next();
}

/// The PDU in hand is over.
void InboundMessages::next() {
    if (part_ != Part::item) hasBegun_ = false;
    part_ = Part::header;
    if (hasBegun_) return;
    bytes_ = 0;
    waited_ = milliseconds(0);
}

bool InboundMessages::checkCommand() {
    dataFollow_ = false;
    for (size_t place = 0; command_.size() - place >= 8;) {
        const uint8_t *element = command_.data() + place;
        const uint32_t group = littleEndian(element, 2), number = littleEndian(element + 2, 2);
        const uint32_t length = littleEndian(element + 4, 4);
        if (group != 0) refuse("a command set holds an element of another group than 0000");
        else if (length > command_.size() - place - 8) refuse("an element of a command set is longer than the set");
        if (refusal_ != nullptr) return false;
        if (number == 0x0800 && length == 2) dataFollow_ = littleEndian(element + 8, 2) != 0x0101;
        place += 8 + length;
    }
    command_.clear();
    return true;
}
