/// The C face of DCMTK: it converts and nothing else. One header per subject.
#pragma once
#include "cd_dataset.h"
#include "cd_listener.h"
#include "cd_network.h"
#include "cd_registry.h"
#include "cd_report.h"
#include "cd_request.h"
#include "cd_tls.h"
