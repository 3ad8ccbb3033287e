/// Data sets: DCMTK's objects walked out as events, and events gathered into DCMTK's objects.
///
/// Ownership: strings and byte buffers given to a function or a callback are borrowed for that call.
/// What a `*_create` returns belongs to the caller until the matching `*_free`.
/// Functions that return int give 1 on success and 0 on failure; a failure fills `error` where it is not NULL.
#pragma once
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a call failed: DCMTK's condition, kept whole.
typedef struct cd_error {
    uint16_t module;
    uint16_t code;
    char text[1024];
} cd_error;

/// Receives a data set in ascending tag order. Values are little endian, padded as in a file.
typedef struct cd_visitor {
    void *context;
    void (*element)(void *context, uint16_t group, uint16_t element, const char *vr, const uint8_t *bytes,
                    size_t length);
    void (*begin_sequence)(void *context, uint16_t group, uint16_t element);
    void (*begin_item)(void *context);
    void (*end_item)(void *context);
    void (*end_sequence)(void *context);
} cd_visitor;

/// How much of a file to read.
typedef enum cd_extent {
    cd_extent_header,   ///< stop before Pixel Data (7FE0,0008 and above)
    cd_extent_native,   ///< everything, pixel data decompressed to Explicit VR Little Endian
} cd_extent;

/// Reads a DICOM file (with or without the Part 10 preamble). The file meta information, if any, is visited
/// first as group 0002, then the data set.
int cd_file_read(const char *path, cd_extent extent, const cd_visitor *visitor, cd_error *error);
/// Walks through a data set in memory. DCMTK recurses into sequences: bound their depth before.
int cd_dataset_read(const uint8_t *bytes, size_t length, const char *transfer_syntax_uid, const cd_visitor *visitor,
                    cd_error *error);

/// Gathers a data set from events.
typedef struct cd_builder cd_builder;
cd_builder *cd_builder_create(void);
void cd_builder_free(cd_builder *builder);
/// Adds one element to the innermost open item; `vr` is two letters, `bytes` little endian (copied).
int cd_builder_element(cd_builder *builder, uint16_t group, uint16_t element, const char *vr, const uint8_t *bytes,
                       size_t length, cd_error *error);
int cd_builder_begin_sequence(cd_builder *builder, uint16_t group, uint16_t element, cd_error *error);
int cd_builder_begin_item(cd_builder *builder, cd_error *error);
void cd_builder_end_item(cd_builder *builder);
void cd_builder_end_sequence(cd_builder *builder);
/// Writes a Part 10 file in the given uncompressed (or deflated) transfer syntax.
int cd_builder_write(cd_builder *builder, const char *path, const char *transfer_syntax_uid, cd_error *error);

/// Writes the object of a Part 10 file into a new file in another transfer syntax, decompressing its pixels where need be.
/// Parses the whole object: not for a process that must outlive a hostile one.
int cd_file_convert(const char *path, const char *transfer_syntax_uid, const char *target, cd_error *error);

/// Converts text from a Specific Character Set (0008,0005) to UTF-8. The result is owned by the caller and
/// released by `cd_text_free`; NULL on failure.
char *cd_text_to_utf8(const char *specific_character_set, const char *bytes, size_t length, cd_error *error);
void cd_text_free(char *text);

/// What DCMTK's data dictionary says of a standard attribute: two-letter VR and keyword (both borrowed, valid for the
/// life of the process), or NULL where it knows none.
const char *cd_dictionary_vr(uint16_t group, uint16_t element);
const char *cd_dictionary_keyword(uint16_t group, uint16_t element);

/// DCMTK's package version, for device descriptions and conformance.
const char *cd_version(void);

#ifdef __cplusplus
}
#endif
