#include "support.hpp"

#include <dcmtk/dcmdata/dcistrmb.h>
#include <dcmtk/dcmdata/dcspchrs.h>
#include <dcmtk/dcmdata/dcxfer.h>

#include <iconv.h>

#include <cstring>
#include <string>

using namespace cdcmtk;

// MARK: - Walking out

namespace {

bool visitLeaf(DcmElement &element, const cd_visitor &visitor, cd_error *error) {
    if (element.ident() == EVR_PixelData || element.getTag() == DCM_PixelData) {
        auto *pixels = dynamic_cast<DcmPixelData *>(&element);
        E_TransferSyntax syntax = EXS_Unknown;
        const DcmRepresentationParameter *parameter = nullptr;
        if (pixels != nullptr) pixels->getCurrentRepresentationKey(syntax, parameter);
        if (syntax != EXS_Unknown && DcmXfer(syntax).isEncapsulated())
            return fail(error, "pixel data is compressed and was not decompressed");
    }
    std::vector<uint8_t> bytes(element.getLength());
    if (!bytes.empty() &&
        !keep(element.getPartialValue(bytes.data(), 0, static_cast<Uint32>(bytes.size()), nullptr, EBO_LittleEndian),
              error))
        return false;
    const DcmTag &tag = element.getTag();
    visitor.element(visitor.context, tag.getGroup(), tag.getElement(), DcmVR(element.getVR()).getValidVRName(),
                    bytes.data(), bytes.size());
    return true;
}

bool visitSequence(DcmSequenceOfItems &sequence, const cd_visitor &visitor, cd_error *error) {
    visitor.begin_sequence(visitor.context, sequence.getGTag(), sequence.getETag());
    // From one to the next: `getItem` counts from the first each time.
    for (DcmObject *object = sequence.nextInContainer(nullptr); object != nullptr;
         object = sequence.nextInContainer(object)) {
        auto *item = dynamic_cast<DcmItem *>(object);
        if (item == nullptr) continue;
        visitor.begin_item(visitor.context);
        if (!visit(*item, visitor, error)) return false;
        visitor.end_item(visitor.context);
    }
    visitor.end_sequence(visitor.context);
    return true;
}

}  // namespace

bool cdcmtk::visit(DcmItem &item, const cd_visitor &visitor, cd_error *error) {
    for (DcmObject *object = item.nextInContainer(nullptr); object != nullptr; object = item.nextInContainer(object)) {
        if (auto *sequence = dynamic_cast<DcmSequenceOfItems *>(object); sequence != nullptr && object->ident() == EVR_SQ) {
            if (!visitSequence(*sequence, visitor, error)) return false;
        } else if (auto *element = dynamic_cast<DcmElement *>(object)) {
            if (!visitLeaf(*element, visitor, error)) return false;
        }
    }
    return true;
}

int cd_file_read(const char *path, cd_extent extent, const cd_visitor *visitor, cd_error *error) {
    initialize();
    DcmFileFormat file;
    const OFCondition loaded =
        extent == cd_extent_header
            ? file.loadFileUntilTag(path, EXS_Unknown, EGL_noChange, DCM_MaxReadLength, ERM_autoDetect,
                                    DcmTagKey(0x7fe0, 0x0001))
            : file.loadFile(path);
    if (!keep(loaded, error)) return 0;
    if (extent == cd_extent_native) {
        DcmDataset &data = *file.getDataset();
        if (!keep(data.chooseRepresentation(EXS_LittleEndianExplicit, nullptr), error)) return 0;
        data.removeAllButCurrentRepresentations();
    }
    return visit(*file.getMetaInfo(), *visitor, error) && visit(*file.getDataset(), *visitor, error);
}

int cd_file_convert(const char *path, const char *transfer_syntax_uid, const char *target, cd_error *error) {
    initialize();
    const E_TransferSyntax syntax = DcmXfer(transfer_syntax_uid).getXfer();
    if (syntax == EXS_Unknown) return fail(error, "unknown transfer syntax");
    DcmFileFormat file;
    if (!keep(file.loadFile(path), error) || !keep(file.loadAllDataIntoMemory(), error)) return 0;
    if (!keep(file.getDataset()->chooseRepresentation(syntax, nullptr), error)) return 0;
    if (!file.getDataset()->canWriteXfer(syntax)) return fail(error, "cannot be converted for the peer");
    file.getDataset()->removeAllButCurrentRepresentations();
    return keep(file.saveFile(target, syntax), error);
}

int cd_dataset_read(const uint8_t *bytes, size_t length, const char *transfer_syntax_uid, const cd_visitor *visitor,
                    cd_error *error) {
    initialize();
    const E_TransferSyntax syntax = DcmXfer(transfer_syntax_uid).getXfer();
    if (syntax == EXS_Unknown) return fail(error, "unknown transfer syntax");
    DcmInputBufferStream stream;
    stream.setBuffer(bytes, static_cast<offile_off_t>(length));
    stream.setEos();
    DcmDataset data;
    data.transferInit();
    const OFCondition condition = data.read(stream, syntax);
    data.transferEnd();
    return keep(condition, error) && visit(data, *visitor, error);
}

// MARK: - Gathering

struct cd_builder {
    DcmFileFormat file;
    std::vector<DcmItem *> items{file.getDataset()};
    std::vector<DcmSequenceOfItems *> sequences;
};

DcmDataset &cdcmtk::dataset(cd_builder &builder) { return *builder.file.getDataset(); }

cd_builder *cd_builder_create(void) {
    initialize();
    return new cd_builder;
}

void cd_builder_free(cd_builder *builder) { delete builder; }

namespace {

template <typename Value>
std::vector<Value> values(const uint8_t *bytes, size_t length) {
    std::vector<Value> result(length / sizeof(Value));
    if (!result.empty()) std::memcpy(result.data(), bytes, result.size() * sizeof(Value));
    return result;
}

/// Puts little-endian bytes into an element (this machine is little endian, as Debian's amd64 and arm64 are).
OFCondition put(DcmElement &element, DcmEVR vr, const uint8_t *bytes, size_t length) {
    const auto count = [](size_t n) { return static_cast<unsigned long>(n); };
    switch (vr) {
        case EVR_US: { auto v = values<Uint16>(bytes, length); return element.putUint16Array(v.data(), count(v.size())); }
        case EVR_SS: { auto v = values<Sint16>(bytes, length); return element.putSint16Array(v.data(), count(v.size())); }
        case EVR_UL: { auto v = values<Uint32>(bytes, length); return element.putUint32Array(v.data(), count(v.size())); }
        case EVR_SL: { auto v = values<Sint32>(bytes, length); return element.putSint32Array(v.data(), count(v.size())); }
        case EVR_FL:
        case EVR_OF: { auto v = values<Float32>(bytes, length); return element.putFloat32Array(v.data(), count(v.size())); }
        case EVR_FD:
        case EVR_OD: { auto v = values<Float64>(bytes, length); return element.putFloat64Array(v.data(), count(v.size())); }
        case EVR_AT: { auto v = values<Uint16>(bytes, length); return element.putUint16Array(v.data(), count(v.size() / 2)); }
        case EVR_OW: { auto v = values<Uint16>(bytes, length); return element.putUint16Array(v.data(), count(v.size())); }
        case EVR_OB:
        case EVR_UN: return element.putUint8Array(bytes, count(length));
        default: return element.putString(reinterpret_cast<const char *>(bytes), static_cast<Uint32>(length));
    }
}

}  // namespace

int cd_builder_element(cd_builder *builder, uint16_t group, uint16_t number, const char *vr, const uint8_t *bytes,
                       size_t length, cd_error *error) {
    if (length > 0xfffffffeu) return fail(error, "a value of 4 GiB or more cannot be encoded");
    const DcmVR valueRepresentation(vr);
    DcmElement *element = nullptr;
    if (!keep(DcmItem::newDicomElementWithVR(element, DcmTag(group, number, valueRepresentation)), error)) return 0;
    std::unique_ptr<DcmElement> owned(element);
    static const uint8_t nothing = 0;
    if (length > 0 && !keep(put(*element, valueRepresentation.getEVR(), bytes ? bytes : &nothing, length), error)) return 0;
    if (!keep(builder->items.back()->insert(element, OFTrue), error)) return 0;
    owned.release();
    return 1;
}

int cd_builder_begin_sequence(cd_builder *builder, uint16_t group, uint16_t number, cd_error *error) {
    auto sequence = std::make_unique<DcmSequenceOfItems>(DcmTag(group, number, EVR_SQ));
    if (!keep(builder->items.back()->insert(sequence.get(), OFTrue), error)) return 0;
    builder->sequences.push_back(sequence.release());
    return 1;
}

int cd_builder_begin_item(cd_builder *builder, cd_error *error) {
    auto item = std::make_unique<DcmItem>();
    if (!keep(builder->sequences.back()->append(item.get()), error)) return 0;
    builder->items.push_back(item.release());
    return 1;
}

void cd_builder_end_item(cd_builder *builder) { builder->items.pop_back(); }

void cd_builder_end_sequence(cd_builder *builder) { builder->sequences.pop_back(); }

int cd_builder_write(cd_builder *builder, const char *path, const char *transfer_syntax_uid, cd_error *error) {
    const E_TransferSyntax syntax = DcmXfer(transfer_syntax_uid).getXfer();
    if (syntax == EXS_Unknown) return fail(error, "unknown transfer syntax");
    return keep(builder->file.saveFile(path, syntax, EET_ExplicitLength, EGL_recalcGL, EPD_noChange, 0, 0,
                                       EWM_createNewMeta),
                error);
}

// MARK: - Text and dictionary

namespace {

/// Japanese text with escape sequences. DCMTK asks iconv for ISO-IR-87 and ISO-IR-159, names that glibc does not know;
/// its ISO-2022-JP-2 holds both sets under the same escape sequences. Only of the half-width katakana, bytes with the high bit
/// set (ISO-IR-13, right half: JIS X 0201), it knows nothing.
class JapaneseText {
public:
    explicit JapaneseText(bool hasKatakana) : hasKatakana_(hasKatakana) {}
    ~JapaneseText() {
        if (isOpen()) iconv_close(converter_);
    }

    /// In UTF-8; false where it is not what it says.
    bool convert(const char *bytes, size_t length, std::string &out) {
        if (!isOpen()) return false;
        for (size_t place = 0; place < length;) {
            const auto byte = static_cast<uint8_t>(bytes[place]);
            if (hasKatakana_ && byte >= 0xa1 && byte <= 0xdf) {
                appendKatakana(byte, out);
                ++place;
            } else if (isDesignation(bytes + place, length - place)) {
                place += 3;
            } else {
                const size_t end = endOfPart(bytes, place, length);
                if (!append(bytes + place, end - place, out)) return false;
                place = end;
            }
        }
        return true;
    }

private:
    bool isOpen() const { return converter_ != reinterpret_cast<iconv_t>(-1); }

    /// ESC ) I puts the katakana where they are at the beginning already (PS3.3 table C.12-3).
    static bool isDesignation(const char *bytes, size_t length) {
        return length >= 3 && std::memcmp(bytes, "\x1b)I", 3) == 0;
    }

    static size_t endOfPart(const char *bytes, size_t begin, size_t length) {
        size_t end = begin + 1;
        while (end < length && static_cast<uint8_t>(bytes[end]) < 0x80 && !isDesignation(bytes + end, length - end)) ++end;
        return end;
    }

    /// U+FF61 and on, in the order of the bytes.
    static void appendKatakana(uint8_t byte, std::string &out) {
        const int code = 0xff61 + (byte - 0xa1);
        out += static_cast<char>(0xe0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
        out += static_cast<char>(0x80 | (code & 0x3f));
    }

    /// Goes on with the set that the text before ended with.
    bool append(const char *bytes, size_t length, std::string &out) {
        std::vector<char> output(length * 4 + 1);
        auto *from = const_cast<char *>(bytes);
        char *to = output.data();
        size_t remaining = output.size();
        if (iconv(converter_, &from, &length, &to, &remaining) == static_cast<size_t>(-1)) return false;
        out.append(output.data(), to);
        return true;
    }

    bool hasKatakana_;
    iconv_t converter_ = iconv_open("UTF-8", "ISO-2022-JP-2");
};

/// Whether one of the values of Specific Character Set is a term.
bool names(const std::string &characterSets, const std::string &term) {
    return ("\\" + characterSets + "\\").find("\\" + term + "\\") != std::string::npos;
}

char *japaneseToUTF8(const char *characterSets, const char *bytes, size_t length) {
    std::string out;
    return JapaneseText(names(characterSets, "ISO 2022 IR 13")).convert(bytes, length, out) ? strdup(out.c_str()) : nullptr;
}

}  // namespace

char *cd_text_to_utf8(const char *specific_character_set, const char *bytes, size_t length, cd_error *error) {
    initialize();
    DcmSpecificCharacterSet converter;
    OFString converted;
    // Component groups of a name and multiple values restart the default set (PS3.5 section 6.1.2.5.3).
    if (keep(converter.selectCharacterSet(specific_character_set, "ISO_IR 192"), error) &&
        keep(converter.convertString(bytes, length, converted, "\\^="), error))
        return strdup(converted.c_str());
    return std::strstr(specific_character_set, "ISO 2022 IR ") != nullptr
               ? japaneseToUTF8(specific_character_set, bytes, length) : nullptr;
}

void cd_text_free(char *text) { std::free(text); }

const char *cd_dictionary_vr(uint16_t group, uint16_t element) {
    initialize();
    const DcmDictEntry *entry = dcmDataDict.rdlock().findEntry(DcmTagKey(group, element), nullptr);
    const char *name = entry != nullptr ? DcmVR(entry->getEVR()).getVRName() : nullptr;
    dcmDataDict.rdunlock();
    return name;
}

const char *cd_dictionary_keyword(uint16_t group, uint16_t element) {
    initialize();
    const DcmDictEntry *entry = dcmDataDict.rdlock().findEntry(DcmTagKey(group, element), nullptr);
    const char *name = entry != nullptr ? entry->getTagName() : nullptr;
    dcmDataDict.rdunlock();
    return name;
}

const char *cd_version(void) { return OFFIS_DCMTK_VERSION_STRING; }
