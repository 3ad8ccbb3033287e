/// JPEG 2000 for DCMTK, which has no codec for it; never seen from Swift.
#pragma once

namespace cdcmtk {

/// Has DCMTK decompress JPEG 2000, lossless or lossy, by OpenJPEG. Once per process.
void registerJPEG2000();

}  // namespace cdcmtk
