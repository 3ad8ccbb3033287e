#include "cd_report.h"
#include "support.hpp"

#include <dcmtk/dcmsr/cmr/init.h>
#include <dcmtk/dcmsr/cmr/tid1500.h>
#include <dcmtk/dcmsr/dsrdoc.h>

#include <mutex>

using namespace cdcmtk;

struct cd_report {
    TID1500_MeasurementReport content;
    DSRDocument document{DSRTypes::DT_Comprehensive3DSR};
    cd_group kind = cd_group_volumetric_roi;

    TID1500_MeasurementReport::TID1411_Measurements &roi() { return content.getVolumetricROIMeasurements(); }
    TID1500_MeasurementReport::TID1501_Measurements &individual() { return content.getIndividualMeasurements(); }
};

namespace {

DSRCodedEntryValue entry(cd_code code) {
    if (code.value == nullptr) return DSRCodedEntryValue();
    return DSRCodedEntryValue(code.value, code.scheme, code.meaning);
}

/// UIDs of what is referred to are given on as they are, unchecked: some scanners write leading zeros.
constexpr OFBool asReferenced = OFFalse;

/// Applies the same call to whichever group is open: the two templates have no common base for it.
template <typename Call>
int inGroup(cd_report *report, cd_error *error, Call call) {
    return keep(report->kind == cd_group_volumetric_roi ? call(report->roi()) : call(report->individual()), error);
}

template <typename Group>
OFCondition addMeasurement(Group &group, cd_code name, const char *value, cd_code unit, cd_code method,
                           cd_code derivation) {
    OFCondition result = group.addMeasurement(entry(name), typename Group::MeasurementValue(value, entry(unit)));
    if (result.good() && method.value != nullptr) result = group.getMeasurement().setMeasurementMethod(entry(method));
    if (result.good() && derivation.value != nullptr) result = group.getMeasurement().setDerivation(entry(derivation));
    return result;
}

}  // namespace

cd_report *cd_report_create(cd_code title, cd_code language, cd_error *error) {
    initialize();
    // Each context group fills its table at first use, without a lock; two reports at once would race for it.
    static std::once_flag once;
    std::call_once(once, CMR_ContentMappingResource::initializeAllContextGroups);
    auto report = std::make_unique<cd_report>();
    if (!keep(report->content.createNewMeasurementReport(entry(title)), error) ||
        !keep(report->content.setLanguage(entry(language)), error))
        return nullptr;
    return report.release();
}

void cd_report_free(cd_report *report) { delete report; }

// MARK: - Context

int cd_report_add_device(cd_report *report, const char *uid, const char *name, const char *manufacturer,
                         const char *model, const char *serial, cd_error *error) {
    return keep(report->content.getObservationContext().addDeviceObserver(uid, name, manufacturer, model, serial), error);
}

int cd_report_add_procedure(cd_report *report, cd_code procedure, cd_error *error) {
    return keep(report->content.addProcedureReported(entry(procedure)), error);
}

int cd_report_add_evidence(cd_report *report, cd_instance instance, cd_error *error) {
    return keep(report->document.getCurrentRequestedProcedureEvidence().addItem(
                    instance.study_uid, instance.series_uid, instance.sop_class_uid, instance.sop_instance_uid,
                    asReferenced),
                error);
}

int cd_report_add_coding_scheme(cd_report *report, const char *designator, const char *uid, const char *name,
                                const char *organization, cd_error *error) {
    return keep(report->document.getCodingSchemeIdentification().addItem(designator, uid, name, organization), error);
}

// MARK: - Image library

int cd_report_begin_image_group(cd_report *report, cd_error *error) {
    TID1600_ImageLibrary &library = report->content.getImageLibrary();
    if (!library.hasImageLibrary() && !keep(library.createNewImageLibrary(), error)) return 0;
    return keep(library.addImageGroup(), error);
}

int cd_report_add_image(cd_report *report, cd_builder *header, int described, cd_error *error) {
    const auto mode =
        described ? TID1600_ImageLibrary::withAllDescriptors : TID1600_ImageLibrary::withoutDescriptors;
    return keep(report->content.getImageLibrary().addImageEntry(dataset(*header), mode,
                                                                TID1600_ImageLibrary::ConceptNameList(), asReferenced),
                error);
}

// MARK: - Measurement groups

int cd_report_begin_group(cd_report *report, cd_group kind, const char *tracking_identifier, const char *tracking_uid,
                          cd_error *error) {
    report->kind = kind;
    const OFCondition added = kind == cd_group_volumetric_roi ? report->content.addVolumetricROIMeasurements()
                                                              : report->content.addIndividualMeasurements();
    if (!keep(added, error)) return 0;
    return inGroup(report, error, [&](auto &group) {
        const OFCondition result = group.setTrackingIdentifier(tracking_identifier);
        return result.good() ? group.setTrackingUniqueIdentifier(tracking_uid) : result;
    });
}

int cd_report_set_finding(cd_report *report, cd_code finding, cd_error *error) {
    return inGroup(report, error, [&](auto &group) { return group.setFinding(entry(finding)); });
}

int cd_report_add_finding_site(cd_report *report, cd_code site, cd_code laterality, cd_code modifier, cd_error *error) {
    return inGroup(report, error, [&](auto &group) {
        return group.addFindingSite(entry(site), CID244e_Laterality(entry(laterality)), entry(modifier));
    });
}

int cd_report_set_segment(cd_report *report, cd_instance segmentation, uint16_t segment_number,
                          const char *source_series_uid, cd_error *error) {
    if (report->kind != cd_group_volumetric_roi) return fail(error, "TID 1501 has no referenced segment");
    DSRImageReferenceValue segment(segmentation.sop_class_uid, segmentation.sop_instance_uid, asReferenced);
    segment.getSegmentList().addItem(segment_number);
    return keep(report->roi().setReferencedSegment(segment), error) &&
           keep(report->roi().setSourceSeriesForSegmentation(source_series_uid, asReferenced), error);
}

int cd_report_add_measurement(cd_report *report, cd_code name, const char *value, cd_code unit, cd_code method,
                              cd_code derivation, cd_error *error) {
    return inGroup(report, error,
                   [&](auto &group) { return addMeasurement(group, name, value, unit, method, derivation); });
}

int cd_report_set_equivalent_meaning(cd_report *report, const char *meaning, cd_error *error) {
    return inGroup(report, error,
                   [&](auto &group) { return group.getMeasurement().setEquivalentMeaningOfConceptName(meaning); });
}

int cd_report_set_algorithm(cd_report *report, const char *name, const char *version, cd_error *error) {
    if (report->kind != cd_group_volumetric_roi) return fail(error, "TID 1501 has no algorithm identification here");
    return keep(report->roi().getMeasurement().setAlgorithmIdentification(name, version), error);
}

int cd_report_add_algorithm_parameter(cd_report *report, const char *parameter, cd_error *error) {
    if (report->kind != cd_group_volumetric_roi) return fail(error, "TID 1501 has no algorithm identification here");
    return keep(report->roi().getMeasurement().getAlgorithmIdentification().addParameter(parameter), error);
}

int cd_report_add_group_code(cd_report *report, cd_code name, cd_code value, cd_error *error) {
    return inGroup(report, error, [&](auto &group) { return group.addQualitativeEvaluation(entry(name), entry(value)); });
}

int cd_report_add_group_text(cd_report *report, cd_code name, const char *value, cd_error *error) {
    return inGroup(report, error,
                   [&](auto &group) { return group.addQualitativeEvaluation(entry(name), OFString(value)); });
}

// MARK: - The whole

int cd_report_add_code(cd_report *report, cd_code name, cd_code value, cd_error *error) {
    return keep(report->content.addQualitativeEvaluation(entry(name), entry(value)), error);
}

int cd_report_add_text(cd_report *report, cd_code name, const char *value, cd_error *error) {
    return keep(report->content.addQualitativeEvaluation(entry(name), OFString(value)), error);
}

int cd_report_finish(cd_report *report, const cd_visitor *visitor, cd_error *error) {
    DSRDocument &document = report->document;
    DcmDataset data;
    // Taking the tree of a root template turns the document into the class that template names: Enhanced SR.
    return keep(document.setTreeFromRootTemplate(report->content, OFTrue), error) &&
           keep(document.changeDocumentType(DSRTypes::DT_Comprehensive3DSR), error) &&
           keep(document.write(data), error) && visit(data, *visitor, error);
}
