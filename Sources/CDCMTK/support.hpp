/// Shared by the shim's C++ files; never seen from Swift.
#pragma once
#include "cd_dataset.h"

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <memory>
#include <vector>

namespace cdcmtk {

/// Loads the dictionary, registers the decoders and quiets DCMTK's own log, once per process.
void initialize();

/// Keeps a condition; returns whether it was good.
bool keep(const OFCondition &condition, cd_error *error);

/// Keeps a failure of our own.
int fail(cd_error *error, const char *text);

/// Walks a data set out to the visitor.
bool visit(DcmItem &item, const cd_visitor &visitor, cd_error *error);

/// The data set that a builder holds; borrowed.
DcmDataset &dataset(cd_builder &builder);

}  // namespace cdcmtk
