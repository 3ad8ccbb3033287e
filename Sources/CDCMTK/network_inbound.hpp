/// What a peer sends, looked at before DCMTK sees it; never seen from Swift.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace cdcmtk {

/// Follows the PDUs of one direction of an association (PS3.8 section 9.3) and holds its messages to limits that DCMTK does
/// not set.
///
/// DCMTK builds a tree of whatever a command set holds, as deep and as long as it comes, in the process of the node. A
/// command set is short and flat: elements of group 0000 of defined length (PS3.7 section 6.3). And to DCMTK every byte is
/// progress, so that a peer who sends one at a time would hold its place for ever: here a message has a pace to keep.
class InboundMessages {
public:
    /// Takes what has come; false where it must not go further, from then on for ever.
    bool take(const uint8_t *bytes, size_t count);
    /// Why not; nullptr while all is well.
    const char *refusal() const { return refusal_; }

    /// What the peer may keep us waiting within a message, besides what its bytes earn it.
    void setGrace(std::chrono::milliseconds grace) { grace_ = grace; }
    /// How long the peer may still keep us waiting for the rest of what it has begun; nothing where it has begun nothing.
    std::optional<std::chrono::milliseconds> patience() const;
    /// The peer has kept us waiting.
    void waited(std::chrono::milliseconds time);

private:
    enum class Part { header, item, value, other };
    size_t step(const uint8_t *bytes, size_t count);
    size_t fill(const uint8_t *bytes, size_t count);
    void beginPDU();
    void beginItem();
    void endItem();
    void next();
    bool checkCommand();
    void refuse(const char *why) { refusal_ = why; }

    Part part_ = Part::header;
    uint8_t head_[6];
    size_t filled_ = 0;
    /// Bytes that are left of the PDU in hand and of the value in hand.
    uint32_t pdu_ = 0, value_ = 0;
    uint8_t control_ = 0;
    std::vector<uint8_t> command_;
    /// Whether a data set follows the command.
    bool dataFollow_ = false;
    bool hasBegun_ = false;
    uint64_t bytes_ = 0;
    std::chrono::milliseconds waited_{0}, grace_{60'000};
    const char *refusal_ = nullptr;
};

}  // namespace cdcmtk
