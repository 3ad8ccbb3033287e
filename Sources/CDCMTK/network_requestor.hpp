/// An association that we requested; never seen from Swift.
#pragma once
#include "network_message.hpp"

#include <map>

struct cd_association {
    cdcmtk::Association association;
    int dimseSeconds = 0;
    std::map<uint8_t, std::string> accepted;
    std::string implementationClassUID, implementationVersionName, calledAETitle;
};
