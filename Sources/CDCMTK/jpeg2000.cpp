#include "jpeg2000.hpp"

#include "support.hpp"

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

namespace {

OFCondition failure(const char *text) { return makeOFCondition(0, 1, OF_error, text); }

/// What a data set says of its pixels (PS3.3 section C.7.6.3).
struct Layout {
    Uint16 samples = 1, rows = 0, columns = 0, allocated = 0;
    Uint32 frames = 1;
    OFString photometric;

    /// A frame larger than this is refused: no scanner makes one, and OpenJPEG takes four bytes for each sample of it.
    static constexpr uint64_t largestFrame = 1 << 26;
    /// So are pixel data that cannot be one element.
    static constexpr uint64_t largest = 0xfffffffe;

    OFCondition read(DcmItem &data) {
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

    uint64_t pixels() const { return uint64_t{rows} * columns; }
    uint64_t frameBytes() const { return pixels() * samples * (allocated / 8); }
    /// The codec's own colour transforms are undone on decoding (PS3.5 section 8.2.4).
    OFString decompressedColorModel() const {
        return photometric == "YBR_RCT" || photometric == "YBR_ICT" ? OFString("RGB") : photometric;
    }
};

/// A codestream in memory, as OpenJPEG reads it.
class Stream {
public:
    explicit Stream(const std::vector<Uint8> &bytes) : bytes_(bytes), stream_(opj_stream_default_create(OPJ_TRUE)) {
        if (!stream_) throw std::bad_alloc();
        opj_stream_set_user_data(stream_.get(), this, nullptr);
        opj_stream_set_user_data_length(stream_.get(), bytes.size());
        opj_stream_set_read_function(stream_.get(), [](void *out, OPJ_SIZE_T count, void *self) {
            return static_cast<Stream *>(self)->read(out, count);
        });
        opj_stream_set_skip_function(stream_.get(), [](OPJ_OFF_T count, void *self) {
            return static_cast<Stream *>(self)->skip(count);
        });
        opj_stream_set_seek_function(stream_.get(), [](OPJ_OFF_T place, void *self) -> OPJ_BOOL {
            return static_cast<Stream *>(self)->seek(place);
        });
    }

    opj_stream_t *get() const { return stream_.get(); }

private:
    OPJ_SIZE_T read(void *out, OPJ_SIZE_T count) {
        const OPJ_SIZE_T part = std::min<OPJ_SIZE_T>(count, bytes_.size() - place_);
        if (part == 0) return static_cast<OPJ_SIZE_T>(-1);
        std::memcpy(out, bytes_.data() + place_, part);
        place_ += part;
        return part;
    }
    OPJ_OFF_T skip(OPJ_OFF_T count) {
        if (count < 0) return -1;
        const auto part = std::min<OPJ_SIZE_T>(static_cast<OPJ_SIZE_T>(count), bytes_.size() - place_);
        place_ += part;
        return part == 0 && count > 0 ? -1 : static_cast<OPJ_OFF_T>(part);
    }
    OPJ_BOOL seek(OPJ_OFF_T place) {
        if (place < 0 || static_cast<OPJ_SIZE_T>(place) > bytes_.size()) return OPJ_FALSE;
        place_ = static_cast<OPJ_SIZE_T>(place);
        return OPJ_TRUE;
    }

    struct End {
        void operator()(opj_stream_t *stream) const { opj_stream_destroy(stream); }
    };
    const std::vector<Uint8> &bytes_;
    OPJ_SIZE_T place_ = 0;
    std::unique_ptr<opj_stream_t, End> stream_;
};

struct EndOfCodec {
    void operator()(opj_codec_t *codec) const { opj_destroy_codec(codec); }
};
struct EndOfImage {
    void operator()(opj_image_t *image) const { opj_image_destroy(image); }
};

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
    OFCondition codestream(const Layout &layout, std::vector<Uint8> &found) {
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

    OFCondition segment(size_t marker, size_t place, size_t length, const Layout &layout) {
        switch (marker) {
            case 0xff51: return size(place, length, layout);
            case 0xff52: return coding(place, length, 0, 5, layout);
            case 0xff53: return coding(place, length, 1, 1, layout);
            default: return EC_Normal;
        }
    }

    /// SIZ: image and tile size.
    OFCondition size(size_t place, size_t length, const Layout &layout) {
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
    OFCondition coding(size_t place, size_t length, size_t component, size_t style, const Layout &layout) {
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

/// Whether what was decoded is what was announced.
bool isWhole(const opj_image_t &image, const Layout &layout) {
    if (image.numcomps != layout.samples) return false;
    return std::all_of(image.comps, image.comps + image.numcomps, [&](const opj_image_comp_t &component) {
        return component.w == layout.columns && component.h == layout.rows && component.data != nullptr;
    });
}

/// Writes the samples pixel by pixel, the low bits of each: the sign is where Bits Stored puts it.
template <typename Sample>
void interleave(const opj_image_t &image, size_t pixels, Uint8 *out) {
    auto *next = reinterpret_cast<Sample *>(out);
    for (size_t pixel = 0; pixel < pixels; ++pixel)
        for (OPJ_UINT32 index = 0; index < image.numcomps; ++index)
            *next++ = static_cast<Sample>(image.comps[index].data[pixel]);
}

OFCondition decodeFrame(const std::vector<Uint8> &bytes, const Layout &layout, Uint8 *out) {
    std::vector<Uint8> codestream;
    if (const OFCondition fits = Markers(bytes).codestream(layout, codestream); fits.bad()) return fits;
    const std::unique_ptr<opj_codec_t, EndOfCodec> codec(opj_create_decompress(OPJ_CODEC_J2K));
    if (!codec) throw std::bad_alloc();
    opj_dparameters_t parameters;
    opj_set_default_decoder_parameters(&parameters);
    const Stream stream(codestream);
    opj_image_t *found = nullptr;
    const bool isSet = opj_setup_decoder(codec.get(), &parameters) == OPJ_TRUE;
    const bool isRead = isSet && opj_read_header(stream.get(), codec.get(), &found) == OPJ_TRUE;
    const std::unique_ptr<opj_image_t, EndOfImage> image(found);
    if (!isRead || !opj_decode(codec.get(), stream.get(), image.get()) ||
        !opj_end_decompress(codec.get(), stream.get()) || !isWhole(*image, layout))
        return failure("the JPEG 2000 codestream is damaged");
    switch (layout.allocated) {
        case 8: interleave<Uint8>(*image, layout.pixels(), out); break;
        case 16: interleave<Uint16>(*image, layout.pixels(), out); break;
        default: interleave<Uint32>(*image, layout.pixels(), out);
    }
    return EC_Normal;
}

/// Reads the fragments of a frame, from `next` on, which is then that of the frame after it.
class Fragments {
public:
    Fragments(DcmPixelSequence &sequence, Uint32 frames) : frames_(frames) {
        // One after the other: DCMTK counts from the front for each that is asked for by its number.
        for (DcmObject *item = sequence.nextInContainer(nullptr); item != nullptr; item = sequence.nextInContainer(item))
            items_.push_back(dynamic_cast<DcmPixelItem *>(item));
    }

    OFCondition frame(Uint32 &next, std::vector<Uint8> &bytes) {
        bytes.clear();
        // The first item is the offset table. A frame may take several fragments, and begins with a marker.
        const bool mayBeSeveral = frames_ > 1 && items_.size() - 1 >= frames_;
        for (; next < items_.size(); ++next) {
            Uint8 *part = nullptr;
            const Uint32 length = items_[next] == nullptr ? 0 : items_[next]->getLength();
            if (length == 0) continue;
            if (const OFCondition got = items_[next]->getUint8Array(part); got.bad()) return got;
            if (!bytes.empty() && mayBeSeveral && begins(part, length)) break;
            bytes.insert(bytes.end(), part, part + length);
        }
        return bytes.empty() ? failure("there are fewer frames than Number of Frames says") : EC_Normal;
    }

private:
    /// SOC and SIZ markers, or the signature box of a file format.
    static bool begins(const Uint8 *bytes, Uint32 length) {
        static const Uint8 markers[] = {0xff, 0x4f, 0xff, 0x51}, box[] = {0, 0, 0, 12};
        return length > 4 && (std::memcmp(bytes, markers, 4) == 0 || std::memcmp(bytes, box, 4) == 0);
    }

    std::vector<DcmPixelItem *> items_;
    Uint32 frames_;
};

/// DCMTK asks for these even where there is nothing to set.
class NoRepresentation : public DcmRepresentationParameter {
public:
    DcmRepresentationParameter *clone() const override { return new NoRepresentation(*this); }
    const char *className() const override { return "NoRepresentation"; }
    OFBool operator==(const DcmRepresentationParameter &other) const override {
        return std::strcmp(other.className(), className()) == 0;
    }
};
class NoParameter : public DcmCodecParameter {
public:
    DcmCodecParameter *clone() const override { return new NoParameter(*this); }
    const char *className() const override { return "NoParameter"; }
};

class Decoder : public DcmCodec {
public:
    OFBool canChangeCoding(E_TransferSyntax from, E_TransferSyntax to) const override {
        return (from == EXS_JPEG2000LosslessOnly || from == EXS_JPEG2000) && DcmXfer(to).isNotEncapsulated();
    }

    OFCondition decode(const DcmRepresentationParameter *, DcmPixelSequence *sequence, DcmPolymorphOBOW &pixelData,
                       const DcmCodecParameter *, const DcmStack &stack, OFBool &removeOldRep) const override {
        DcmStack items(stack);
        (void)items.pop();
        auto *data = dynamic_cast<DcmItem *>(items.pop());
        if (data == nullptr || sequence == nullptr) return EC_InvalidTag;
        Layout layout;
        if (const OFCondition known = layout.read(*data); known.bad()) return known;
        const uint64_t total = layout.frameBytes() * layout.frames;
        Uint16 *words = nullptr;
        if (const OFCondition made = pixelData.createUint16Array(static_cast<Uint32>((total + 1) / 2), words); made.bad())
            return made;
        auto *out = reinterpret_cast<Uint8 *>(words);
        if (total % 2 != 0) out[total] = 0;
        Fragments fragments(*sequence, layout.frames);
        std::vector<Uint8> codestream;
        Uint32 next = 1;
        for (Uint32 frame = 0; frame < layout.frames; ++frame, out += layout.frameBytes()) {
            if (const OFCondition got = fragments.frame(next, codestream); got.bad()) return got;
            if (const OFCondition decoded = ::decodeFrame(codestream, layout, out); decoded.bad()) return decoded;
        }
        const OFString model = layout.decompressedColorModel();
        if (model != layout.photometric) {
            removeOldRep = OFTrue;
            if (const OFCondition put = data->putAndInsertOFStringArray(DCM_PhotometricInterpretation, model); put.bad())
                return put;
        }
        if (layout.samples == 1) return EC_Normal;
        removeOldRep = OFTrue;
        return data->putAndInsertUint16(DCM_PlanarConfiguration, 0);
    }

    OFCondition decodeFrame(const DcmRepresentationParameter *, DcmPixelSequence *sequence, const DcmCodecParameter *,
                            DcmItem *data, Uint32 frame, Uint32 &start, void *buffer, Uint32 size,
                            OFString &model) const override {
        if (data == nullptr || sequence == nullptr) return EC_InvalidTag;
        Layout layout;
        if (const OFCondition known = layout.read(*data); known.bad()) return known;
        if (size < layout.frameBytes()) return EC_IllegalCall;
        if (start == 0) {
            const auto frames = static_cast<Sint32>(layout.frames);
            if (const OFCondition found = determineStartFragment(frame, frames, sequence, start); found.bad()) return found;
        }
        model = layout.decompressedColorModel();
        std::vector<Uint8> codestream;
        if (const OFCondition got = Fragments(*sequence, layout.frames).frame(start, codestream); got.bad()) return got;
        return ::decodeFrame(codestream, layout, static_cast<Uint8 *>(buffer));
    }

    OFCondition determineDecompressedColorModel(const DcmRepresentationParameter *, DcmPixelSequence *,
                                                const DcmCodecParameter *, DcmItem *data,
                                                OFString &model) const override {
        Layout layout;
        const OFCondition known = data == nullptr ? EC_IllegalParameter : layout.read(*data);
        model = layout.decompressedColorModel();
        return known;
    }

    OFCondition encode(const Uint16 *, Uint32, const DcmRepresentationParameter *, DcmPixelSequence *&,
                       const DcmCodecParameter *, DcmStack &, OFBool &) const override {
        return EC_IllegalCall;
    }
    OFCondition encode(E_TransferSyntax, const DcmRepresentationParameter *, DcmPixelSequence *,
                       const DcmRepresentationParameter *, DcmPixelSequence *&, const DcmCodecParameter *, DcmStack &,
                       OFBool &) const override {
        return EC_IllegalCall;
    }
};

}  // namespace

void cdcmtk::registerJPEG2000() {
    // DCMTK keeps the pointers for as long as the process lives.
    static const Decoder decoder;
    static const NoRepresentation representation;
    static const NoParameter parameter;
    (void)DcmCodecList::registerCodec(&decoder, &representation, &parameter);
}
