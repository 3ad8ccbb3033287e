/// The C face of DCMTK: it converts and nothing else. One header per subject.
#pragma once
#include "cd_dataset.h"
