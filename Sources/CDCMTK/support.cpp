#include "support.hpp"

#include "jpeg2000.hpp"

#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <dcmtk/oflog/oflog.h>

#include <cstring>
#include <mutex>

namespace cdcmtk {

void initialize() {
    static std::once_flag once;
    std::call_once(once, [] {
        // Conditions travel to Swift as errors; DCMTK's own lines would say them twice, with patient data.
        OFLog::configure(OFLogger::FATAL_LOG_LEVEL);
        (void)dcmDataDict.rdlock().findEntry(DCM_PatientID, nullptr);
        dcmDataDict.rdunlock();
        DJDecoderRegistration::registerCodecs();
        DJLSDecoderRegistration::registerCodecs();
        DcmRLEDecoderRegistration::registerCodecs();
        registerJPEG2000();
    });
}

bool keep(const OFCondition &condition, cd_error *error) {
    if (condition.good()) return true;
    if (error != nullptr) {
        error->module = condition.module();
        error->code = condition.code();
        std::strncpy(error->text, condition.text(), sizeof error->text - 1);
        error->text[sizeof error->text - 1] = '\0';
    }
    return false;
}

int fail(cd_error *error, const char *text) {
    if (error != nullptr) {
        error->module = 0;
        error->code = 0;
        std::strncpy(error->text, text, sizeof error->text - 1);
        error->text[sizeof error->text - 1] = '\0';
    }
    return 0;
}

}  // namespace cdcmtk
