import DICOM
import Imaging

extension PhantomStudy {
    /// One slice of the CT series (CT Image Storage, PS3.3 section A.3).
    public func ctDataSet(slice: Int) -> DataSet {
        // The CT comes a few minutes before the emission scan.
        let start = identity.seriesStart + -240
        let acquired = start + Double(slice) * 0.05
        var data = commonDataSet(ct.geometry, slice: slice)
        setSeries("CT", identity.ctSeriesInstanceUID, number: 2, description: "CT low dose AC", start: start, &data)
        setInstance(
            .ctImageStorage, identity.instanceUID("CT", slice: slice), number: slice + 1, acquired: acquired, &data)
        data.set(.imageType, "ORIGINAL", "PRIMARY", "AXIAL")
        data.set(.acquisitionNumber, 1)
        data.set(.patientPosition, "HFS")
        data.set(.kvp, number: 120)
        data.set(.xRayTubeCurrent, 60)
        data.set(.exposureTime, 500)
        data.set(.convolutionKernel, "SOFT")
        data.set(.reconstructionDiameter, number: 500)
        data.set(.gantryDetectorTilt, number: 0)
        data.set(.rescaleIntercept, number: 0)
        data.set(.rescaleSlope, number: 1)
        data.set(.rescaleType, "HU")
        data.set(.windowCenter, number: 40)
        data.set(.windowWidth, number: 400)
        let count = ct.geometry.columns * ct.geometry.rows
        setPixels(ct.voxels[slice * count..<(slice + 1) * count].map { Int16($0) }, &data)
        return data
    }
}
