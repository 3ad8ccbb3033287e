#include "jpeg2000_codestream.hpp"

#include <dcmtk/dcmdata/dcdeftag.h>

#include <algorithm>

using namespace cdcmtk;

OFCondition cdcmtk::failure(const char *text) { return makeOFCondition(0, 1, OF_error, text); }

OFCondition cdcmtk::PixelLayout::read(DcmItem &data) {
    Sint32 count = 1;
    if (data.findAndGetUint16(DCM_Rows, rows).bad() || data.findAndGetUint16(DCM_Columns, columns).bad() ||
        data.findAndGetUint16(DCM_BitsAllocated, allocated).bad() ||
        data.findAndGetOFString(DCM_PhotometricInterpretation, photometric).bad())
        return failure("Rows, Columns, Bits Allocated or Photometric Interpretation are missing");
    if (data.findAndGetUint16(DCM_SamplesPerPixel, samples).bad()) samples = 1;
    if (data.findAndGetSint32(DCM_NumberOfFrames, count).good() && count > 0) frames = static_cast<Uint32>(count);
    if (rows == 0 || columns == 0 || (samples != 1 && samples != 3)) return failure("not an image's shape");
    if (allocated != 8 && allocated != 16 && allocated != 32) return failure("Bits Allocated is not 8, 16 or 32");
    if (frameBytes() > largestFrame || frameBytes() * frames > largest) return failure("the image is too large");
    return EC_Normal;
}

namespace {

/// The markers of a codestream (ISO/IEC 15444-1 annex A), read before OpenJPEG sees it.
///
/// OpenJPEG takes memory for all tiles and components that are announced, and shows tiles that never came as zeros.
class Markers {
public:
    /// `bytes` may lie in the boxes of a file format, which some writers leave around it, against PS3.5 section A.4.4.
    explicit Markers(const std::vector<Uint8> &bytes) : bytes_(bytes) {
        if (bytes_.size() > 12 && number(4, 4) == 0x6a502020) findCodestream();
    }

    /// The codestream, complete, if it is what the data set promises.
    OFCondition codestream(const PixelLayout &layout, std::vector<Uint8> &found) {
        if (!has(begin_, 4) || number(begin_, 4) != 0xff4fff51) return failure("not a JPEG 2000 codestream");
        size_t place = begin_ + 2;
        while (has(place, 4) && number(place, 2) != tilePart) {
            const size_t length = number(place + 2, 2);
            if (length < 2 || !has(place + 2, length)) return damaged();
            const OFCondition fits = segment(number(place, 2), place + 4, length - 2, layout);
            if (fits.bad()) return fits;
            place += 2 + length;
        }
        if (const OFCondition whole = tileParts(place); whole.bad()) return whole;
        found.assign(bytes_.begin() + static_cast<std::ptrdiff_t>(begin_), bytes_.begin() + static_cast<std::ptrdiff_t>(end_));
        found.insert(found.end(), {0xff, 0xd9});
        return EC_Normal;
    }

private:
    static constexpr size_t tilePart = 0xff90, endOfCodestream = 0xffd9;
    /// More tiles than this no scanner makes, nor more precincts of one component.
    static constexpr uint64_t mostTiles = 4096, mostPrecincts = 1 << 17;

    static OFCondition damaged() { return failure("the JPEG 2000 codestream is damaged"); }
    bool has(size_t place, size_t count) const { return place <= bytes_.size() && count <= bytes_.size() - place; }
    /// A big-endian number.
    size_t number(size_t place, size_t count) const {
        size_t value = 0;
        for (size_t index = 0; index < count; ++index) value = value << 8 | bytes_[place + index];
        return value;
    }

    void findCodestream() {
        size_t place = 0;
        while (has(place, 8)) {
            const size_t length = number(place, 4);
            const bool isLong = length == 1;
            if (number(place + 4, 4) == 0x6a703263) {
                begin_ = place + (isLong ? 16 : 8);
                return;
            }
            if (length < 8) return;
            place += length;
        }
    }

    OFCondition segment(size_t marker, size_t place, size_t length, const PixelLayout &layout) {
        switch (marker) {
            case 0xff51: return size(place, length, layout);
            case 0xff52: return coding(place, length, 0, 5, layout);
            case 0xff53: return coding(place, length, 1, 1, layout);
            default: return EC_Normal;
        }
    }

    /// SIZ: image and tile size.
    OFCondition size(size_t place, size_t length, const PixelLayout &layout) {
        if (length < 36) return damaged();
        uint64_t values[8];
        for (size_t index = 0; index < 8; ++index) values[index] = number(place + 2 + 4 * index, 4);
        const auto [right, bottom, left, top, tileWidth, tileHeight, tileLeft, tileTop] = values;
        const size_t components = number(place + 34, 2);
        if (components != layout.samples || length < 36 + 3 * components)
            return failure("the codestream has another number of samples");
        if (right < left || bottom < top || right - left != layout.columns || bottom - top != layout.rows)
            return failure("the codestream has other rows or columns");
        for (size_t component = 0; component < components; ++component) {
            const size_t about = place + 36 + 3 * component;
            if (number(about + 1, 1) != 1 || number(about + 2, 1) != 1)
                return failure("the codestream has other rows or columns");
            if ((number(about, 1) & 0x7f) + 1 > layout.allocated)
                return failure("the codestream has more bits than are allocated");
        }
        if (tileWidth == 0 || tileHeight == 0 || tileLeft > left || tileTop > top) return damaged();
        const uint64_t across = (right - tileLeft + tileWidth - 1) / tileWidth;
        const uint64_t down = (bottom - tileTop + tileHeight - 1) / tileHeight;
        if (across > mostTiles || down > mostTiles || across * down > mostTiles)
            return failure("the codestream has too many tiles");
        tiles_.assign(across * down, false);
        return EC_Normal;
    }

    /// COD or COC: what is asked of them are the precincts, where they are stated.
    OFCondition coding(size_t place, size_t length, size_t component, size_t style, const PixelLayout &layout) {
        const size_t parameters = component + style, precincts = parameters + 5;
        if (length < precincts) return damaged();
        if ((number(place + component, 1) & 1) == 0) return EC_Normal;
        const size_t resolutions = number(place + parameters, 1) + 1;
        if (length < precincts + resolutions) return damaged();
        uint64_t count = 0;
        for (size_t resolution = 0; resolution < resolutions; ++resolution) {
            const size_t exponents = number(place + precincts + resolution, 1), halvings = resolutions - 1 - resolution;
            const auto along = [&](Uint16 samples, size_t exponent) {
                return (uint64_t{samples} >> std::min<size_t>(halvings + exponent, 32)) + 1;
            };
            count += along(layout.columns, exponents & 15) * along(layout.rows, exponents >> 4);
        }
        return count > mostPrecincts ? failure("the codestream has too many precincts") : OFCondition(EC_Normal);
    }

    /// SOT after SOT: every tile has to be there, and whole.
    OFCondition tileParts(size_t place) {
        if (tiles_.empty()) return damaged();
        while (has(place, 12) && number(place, 2) == tilePart) {
            const size_t tile = number(place + 4, 2), length = number(place + 6, 4);
            if (number(place + 2, 2) != 10 || tile >= tiles_.size()) return damaged();
            tiles_[tile] = true;
            if (length == 0) {
                place = lastByte();
                break;
            }
            if (length < 14 || !has(place, length)) return failure("the JPEG 2000 codestream is cut short");
            place += length;
        }
        if (std::find(tiles_.begin(), tiles_.end(), false) != tiles_.end())
            return failure("the JPEG 2000 codestream lacks tiles");
        // Some writers leave its end marker out.
        end_ = place;
        return EC_Normal;
    }

    /// Where the last tile-part ends that goes as far as the codestream does.
    size_t lastByte() const {
        size_t end = bytes_.size();
        while (end > begin_ + 2 && bytes_[end - 1] == 0) --end;
        return number(end - 2, 2) == endOfCodestream ? end - 2 : bytes_.size();
    }

    const std::vector<Uint8> &bytes_;
    size_t begin_ = 0, end_ = 0;
    std::vector<bool> tiles_;
};

}  // namespace

OFCondition cdcmtk::findCodestream(const std::vector<Uint8> &frame, const PixelLayout &layout, std::vector<Uint8> &found) {
    return Markers(frame).codestream(layout, found);
}
