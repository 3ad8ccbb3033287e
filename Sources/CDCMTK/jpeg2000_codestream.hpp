/// What there is to know of a JPEG 2000 image before OpenJPEG sees it; never seen from Swift.
#pragma once

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcitem.h>

#include <cstdint>
#include <vector>

namespace cdcmtk {

/// A condition of DCMTK with a reason of ours.
OFCondition failure(const char *text);

/// What a data set says of its pixels (PS3.3 section C.7.6.3).
struct PixelLayout {
    Uint16 samples = 1, rows = 0, columns = 0, allocated = 0;
    Uint32 frames = 1;
    OFString photometric;

    /// A frame larger than this is refused: no scanner makes one, and OpenJPEG takes four bytes for each sample of it.
    static constexpr uint64_t largestFrame = 1 << 26;
    /// So are pixel data that cannot be one element.
    static constexpr uint64_t largest = 0xfffffffe;

    /// Takes what a data set says.
    /// - Returns: why it is no image that can be decompressed, where it is none.
    OFCondition read(DcmItem &data);

    uint64_t pixels() const { return uint64_t{rows} * columns; }
    uint64_t frameBytes() const { return pixels() * samples * (allocated / 8); }
    /// The codec's own colour transforms are undone on decoding (PS3.5 section 8.2.4).
    OFString decompressedColorModel() const {
        return photometric == "YBR_RCT" || photometric == "YBR_ICT" ? OFString("RGB") : photometric;
    }
};

/// Finds the codestream of a frame and reads its markers.
/// - Parameter found: the codestream, with an end marker.
/// - Returns: why it is not complete, or not what the data set promises, where it is not.
OFCondition findCodestream(const std::vector<Uint8> &frame, const PixelLayout &layout, std::vector<Uint8> &found);

}  // namespace cdcmtk
