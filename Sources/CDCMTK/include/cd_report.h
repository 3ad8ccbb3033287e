/// Structured Reports and Segmentations: DCMTK's templates (libcmr, TID 1500) and its dcmseg, call by call.
///
/// Which concepts, codes and numbers go in is the caller's business; identity and dates too, on the data set that comes
/// out. Ownership: whatever is given to a function is borrowed for that call; a `*_create` belongs to the caller until
/// the matching `*_free`. Functions that return int give 1 on success and 0 on failure; a failure fills `error`.
#pragma once
#include "cd_dataset.h"

#ifdef __cplusplus
extern "C" {
#endif

/// A coded concept; `value` NULL means none.
typedef struct cd_code {
    const char *value, *scheme, *meaning;
} cd_code;

/// A reference to an instance.
typedef struct cd_instance {
    const char *study_uid, *series_uid, *sop_class_uid, *sop_instance_uid;
} cd_instance;

// MARK: - Measurement report (TID 1500)

typedef struct cd_report cd_report;
cd_report *cd_report_create(cd_code title, cd_code language, cd_error *error);
void cd_report_free(cd_report *report);

/// TID 1001: the device that observed.
int cd_report_add_device(cd_report *report, const char *uid, const char *name, const char *manufacturer,
                         const char *model, const char *serial, cd_error *error);
/// TID 1500 row 4.
int cd_report_add_procedure(cd_report *report, cd_code procedure, cd_error *error);
/// Current Requested Procedure Evidence Sequence (0040,A375).
int cd_report_add_evidence(cd_report *report, cd_instance instance, cd_error *error);
/// Coding Scheme Identification Sequence (0008,0110).
int cd_report_add_coding_scheme(cd_report *report, const char *designator, const char *uid, const char *name,
                                const char *organization, cd_error *error);

/// TID 1600: opens a group of images, and adds an image to it, with all its descriptors where `described` is 1.
int cd_report_begin_image_group(cd_report *report, cd_error *error);
int cd_report_add_image(cd_report *report, cd_builder *header, int described, cd_error *error);

/// The two kinds of measurement groups.
typedef enum cd_group {
    cd_group_volumetric_roi,  ///< TID 1411
    cd_group_individual,      ///< TID 1501
} cd_group;
/// Opens a measurement group; the functions below fill the one opened last.
int cd_report_begin_group(cd_report *report, cd_group kind, const char *tracking_identifier, const char *tracking_uid,
                          cd_error *error);
int cd_report_set_finding(cd_report *report, cd_code finding, cd_error *error);
int cd_report_add_finding_site(cd_report *report, cd_code site, cd_code laterality, cd_code modifier, cd_error *error);
/// TID 1411 only: the segment that the measurements are of, and the series that was segmented.
int cd_report_set_segment(cd_report *report, cd_instance segmentation, uint16_t segment_number,
                          const char *source_series_uid, cd_error *error);
/// Adds a measurement to the group; `method` and `derivation` may be none. The next three fill the one added last.
int cd_report_add_measurement(cd_report *report, cd_code name, const char *value, cd_code unit, cd_code method,
                              cd_code derivation, cd_error *error);
int cd_report_set_equivalent_meaning(cd_report *report, const char *meaning, cd_error *error);
/// TID 4019; TID 1411 only.
int cd_report_set_algorithm(cd_report *report, const char *name, const char *version, cd_error *error);
int cd_report_add_algorithm_parameter(cd_report *report, const char *parameter, cd_error *error);
int cd_report_add_group_code(cd_report *report, cd_code name, cd_code value, cd_error *error);
int cd_report_add_group_text(cd_report *report, cd_code name, const char *value, cd_error *error);

/// TID 1500 row 13: evaluations of the whole.
int cd_report_add_code(cd_report *report, cd_code name, cd_code value, cd_error *error);
int cd_report_add_text(cd_report *report, cd_code name, const char *value, cd_error *error);

/// Visits the finished Comprehensive 3D SR. UIDs, dates and identity in it are DCMTK's own, for the caller to replace.
int cd_report_finish(cd_report *report, const cd_visitor *visitor, cd_error *error);

// MARK: - Binary segmentation

/// What a segment is.
typedef struct cd_segment {
    const char *label, *algorithm_name, *algorithm_version;
    cd_code category, type, algorithm_family, region, region_modifier;
    const char *tracking_identifier, *tracking_uid;
    uint16_t cielab[3];
} cd_segment;

/// Where a frame lies and what it comes from; text as in the source (DS).
typedef struct cd_frame {
    uint16_t segment_number;
    uint32_t position_index;
    const char *position[3];
    cd_instance source;
    cd_code derivation, purpose;
} cd_frame;

typedef struct cd_segmentation cd_segmentation;
/// `header` is that of a source image: the frame of reference is taken from it.
cd_segmentation *cd_segmentation_create(cd_builder *header, uint16_t rows, uint16_t columns, const char *manufacturer,
                                        const char *model, const char *serial, const char *software,
                                        const char *label, const char *description, const char *dimension_uid,
                                        cd_error *error);
void cd_segmentation_free(cd_segmentation *segmentation);
/// What all frames share: Pixel Spacing (two values), Slice Thickness, Spacing Between Slices, Image Orientation.
int cd_segmentation_set_grid(cd_segmentation *segmentation, const char *spacing, const char *thickness,
                             const char *distance, const char *const orientation[6], cd_error *error);
/// Adds a segment; segments are numbered 1, 2, 3 … as they come.
int cd_segmentation_add_segment(cd_segmentation *segmentation, const cd_segment *segment, cd_error *error);
/// Adds a frame; `mask` has one byte per pixel, rows × columns, 0 or 1.
int cd_segmentation_add_frame(cd_segmentation *segmentation, const cd_frame *frame, const uint8_t *mask,
                              cd_error *error);
/// Visits the finished Segmentation, with the same caution as `cd_report_finish`.
int cd_segmentation_finish(cd_segmentation *segmentation, const cd_visitor *visitor, cd_error *error);

#ifdef __cplusplus
}
#endif
