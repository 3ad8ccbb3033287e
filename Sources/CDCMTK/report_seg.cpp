#include "cd_report.h"
#include "support.hpp"

#include <dcmtk/dcmfg/fgderimg.h>
#include <dcmtk/dcmfg/fgfracon.h>
#include <dcmtk/dcmfg/fgpixmsr.h>
#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segment.h>

using namespace cdcmtk;

struct cd_segmentation {
    std::unique_ptr<DcmSegmentation> document;
};

namespace {

CodeSequenceMacro macro(cd_code code) { return CodeSequenceMacro(code.value, code.scheme, code.meaning); }

OFCondition addDimensions(IODMultiframeDimensionModule &dimensions, const char *uid) {
    const OFCondition result = dimensions.addDimensionIndex(DCM_ReferencedSegmentNumber, uid,
                                                            DCM_SegmentIdentificationSequence, "Segment Number");
    return result.good() ? dimensions.addDimensionIndex(DCM_ImagePositionPatient, uid, DCM_PlanePositionSequence,
                                                        "Image Position (Patient)")
                         : result;
}

/// Names the algorithm: Segmentation Algorithm Identification Sequence (0062,0007), complete.
OFCondition identify(DcmSegment &segment, const cd_segment &description) {
    AlgorithmIdentificationMacro algorithm;
    OFCondition result = algorithm.getAlgorithmFamilyCode().set(
        description.algorithm_family.value, description.algorithm_family.scheme, description.algorithm_family.meaning);
    if (result.good()) result = algorithm.setAlgorithmName(description.algorithm_name);
    if (result.good()) result = algorithm.setAlgorithmVersion(description.algorithm_version);
    return result.good() ? segment.setSegmentationAlgorithmIdentification(algorithm) : result;
}

OFCondition locate(DcmSegment &segment, const cd_segment &description) {
    GeneralAnatomyMacro &anatomy = segment.getGeneralAnatomyCode();
    const cd_code region = description.region, modifier = description.region_modifier;
    const OFCondition result = anatomy.getAnatomicRegion().set(region.value, region.scheme, region.meaning);
    if (result.bad() || modifier.value == nullptr) return result;
    anatomy.getAnatomicRegionModifier().push_back(new CodeSequenceMacro(macro(modifier)));
    return result;
}

OFCondition describe(DcmSegment &segment, const cd_segment &description) {
    OFCondition result = identify(segment, description);
    if (result.good()) result = locate(segment, description);
    if (result.good()) result = segment.setTrackingID(description.tracking_identifier);
    if (result.good()) result = segment.setTrackingUID(description.tracking_uid);
    const uint16_t *color = description.cielab;
    return result.good() ? segment.setRecommendedDisplayCIELabValue(color[0], color[1], color[2]) : result;
}

}  // namespace

cd_segmentation *cd_segmentation_create(cd_builder *header, uint16_t rows, uint16_t columns, const char *manufacturer,
                                        const char *model, const char *serial, const char *software, const char *label,
                                        const char *description, const char *dimension_uid, cd_error *error) {
    initialize();
    DcmSegmentation *document = nullptr;
    const IODGeneralEquipmentModule::EquipmentInfo equipment(manufacturer, model, serial, software);
    const ContentIdentificationMacro content("1", label, description, "");
    const OFCondition created =
        DcmSegmentation::createBinarySegmentation(document, rows, columns, equipment, content);
    std::unique_ptr<DcmSegmentation> owned(document);
    // dcmseg writes nothing without a series number; the caller replaces it with the rest of the series.
    if (!keep(created, error) || !keep(owned->getSeries().setSeriesNumber("1"), error) ||
        !keep(owned->importFromSourceImage(dataset(*header)), error) ||
        !keep(addDimensions(owned->getDimensions(), dimension_uid), error))
        return nullptr;
    return new cd_segmentation{std::move(owned)};
}

void cd_segmentation_free(cd_segmentation *segmentation) { delete segmentation; }

int cd_segmentation_set_grid(cd_segmentation *segmentation, const char *spacing, const char *thickness,
                             const char *distance, const char *const orientation[6], cd_error *error) {
    FGPixelMeasures measures;
    std::unique_ptr<FGPlaneOrientationPatient> plane(FGPlaneOrientationPatient::createMinimal(
        orientation[0], orientation[1], orientation[2], orientation[3], orientation[4], orientation[5]));
    if (plane == nullptr) return fail(error, "the image orientation is not usable");
    return keep(measures.setPixelSpacing(spacing), error) && keep(measures.setSliceThickness(thickness), error) &&
           keep(measures.setSpacingBetweenSlices(distance), error) &&
           keep(segmentation->document->addForAllFrames(measures), error) &&
           keep(segmentation->document->addForAllFrames(*plane), error);
}

int cd_segmentation_add_segment(cd_segmentation *segmentation, const cd_segment *description, cd_error *error) {
    DcmSegment *segment = nullptr;
    const OFCondition created = DcmSegment::create(segment, description->label, macro(description->category),
                                                   macro(description->type), DcmSegTypes::SAT_AUTOMATIC,
                                                   description->algorithm_name);
    std::unique_ptr<DcmSegment> owned(segment);
    if (!keep(created, error) || !keep(describe(*segment, *description), error)) return 0;
    Uint16 number = 0;
    if (!keep(segmentation->document->addSegment(segment, number), error)) return 0;
    owned.release();
    return 1;
}

int cd_segmentation_add_frame(cd_segmentation *segmentation, const cd_frame *frame, const uint8_t *mask,
                              cd_error *error) {
    FGFrameContent content;
    if (!keep(content.setDimensionIndexValues(frame->segment_number, 0), error) ||
        !keep(content.setDimensionIndexValues(frame->position_index, 1), error))
        return 0;
    std::unique_ptr<FGPlanePosPatient> position(
        FGPlanePosPatient::createMinimal(frame->position[0], frame->position[1], frame->position[2]));
    if (position == nullptr) return fail(error, "the image position is not usable");
    ImageSOPInstanceReferenceMacro source;
    if (!keep(source.setReferencedSOPClassUID(frame->source.sop_class_uid), error) ||
        !keep(source.setReferencedSOPInstanceUID(frame->source.sop_instance_uid), error))
        return 0;
    OFVector<ImageSOPInstanceReferenceMacro> sources;
    sources.push_back(source);
    std::unique_ptr<FGDerivationImage> derivation(
        FGDerivationImage::createMinimal(sources, "", macro(frame->derivation), macro(frame->purpose)));
    if (derivation == nullptr) return fail(error, "the source image is not usable");
    OFVector<FGBase *> groups;
    groups.push_back(&content);
    groups.push_back(position.get());
    groups.push_back(derivation.get());
    // dcmseg reads the mask and writes nothing to it, though its signature does not say so.
    return keep(segmentation->document->addFrame(const_cast<uint8_t *>(mask), frame->segment_number, groups), error);
}

int cd_segmentation_finish(cd_segmentation *segmentation, const cd_visitor *visitor, cd_error *error) {
    DcmDataset data;
    return keep(segmentation->document->writeDataset(data), error) && visit(data, *visitor, error);
}
