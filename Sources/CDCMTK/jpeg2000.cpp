#include "jpeg2000.hpp"

#include "jpeg2000_codestream.hpp"
#include "support.hpp"

#include <dcmtk/dcmdata/dccodec.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

using namespace cdcmtk;

namespace {

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

/// Whether what was decoded is what was announced.
bool isWhole(const opj_image_t &image, const PixelLayout &layout) {
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

OFCondition decodeFrame(const std::vector<Uint8> &bytes, const PixelLayout &layout, Uint8 *out) {
    std::vector<Uint8> codestream;
    if (const OFCondition fits = findCodestream(bytes, layout, codestream); fits.bad()) return fits;
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
        PixelLayout layout;
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
        PixelLayout layout;
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
        PixelLayout layout;
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
