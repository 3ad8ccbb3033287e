import Dispatch
import NeuralNetwork

/// A focus and how it is looked at.
public struct FocusSight: Sendable {
    /// The scan.
    public let scan: ScanView
    /// Which of its foci.
    public let index: Int
    /// How it is looked at.
    public let viewing: Viewing

    /// Looks at a focus.
    public init(_ scan: ScanView, _ index: Int, _ viewing: Viewing = Viewing()) {
        (self.scan, self.index, self.viewing) = (scan, index, viewing)
    }
}

/// Makes the inputs of the network of foci.
public struct NetworkInputs: Sendable {
    private let scale: FeatureScale
    private let codes: TracerCodes
    private let seesOrgans: Bool

    /// Makes inputs for a network.
    /// - Parameters:
    ///   - scale: brings figures to a common scale.
    ///   - codes: the tracers' codes.
    ///   - seesOrgans: whether the network is told what organ a focus lies in.
    public init(scale: FeatureScale, codes: TracerCodes, seesOrgans: Bool) {
        (self.scale, self.codes, self.seesOrgans) = (scale, codes, seesOrgans)
    }

    /// The inputs for some foci, one tensor for each branch of the network; made on all processors.
    /// - Precondition: where the network is told of organs, so is each focus's view.
    public func tensors(_ sights: [FocusSight]) -> [Tensor] {
        let (side, size, count) = (FocusNetwork.side, ScanView.overviewSize, sights.count)
        var tensors = [
            Tensor([count, side, side, side, FocusNetwork.patchChannels]),
            Tensor([count, side, side, side, FocusNetwork.patchChannels]),
            Tensor([count, size.z, size.y, size.x, FocusNetwork.overviewChannels]),
            Tensor([count, FocusFeatures.names.count]), Tensor([count, 1]),
        ]
        if seesOrgans { tensors.append(Tensor([count, OrganGrid.classes])) }
        let rows = tensors.indices.map { index in
            tensors[index].withUnsafeMutableBuffer { SampleRows(buffer: $0, samples: count) }
        }
        DispatchQueue.concurrentPerform(iterations: count) { fill($0, sights[$0], rows) }
        return tensors
    }

    /// Fills in a sample.
    private func fill(_ sample: Int, _ sight: FocusSight, _ rows: [SampleRows]) {
        let (scan, viewing) = (sight.scan, sight.viewing)
        let focus = scan.foci[sight.index]
        let sampler = PatchSampler(scan: scan, focus: focus, viewing: viewing)
        sampler.fill(rows[0][sample], from: scan.near)
        sampler.fill(rows[1][sample], from: scan.wide)
        sampler.fillOverview(rows[2][sample])
        _ = rows[3][sample].update(fromContentsOf: scale(focus.features.seen(viewing)))
        rows[4][sample][0] = Float(viewing.tracerCode ?? codes[scan.tracer])
        guard seesOrgans else { return }
        guard let organs = focus.organs else { preconditionFailure("a network that is told of organs, and no map") }
        _ = rows[5][sample].update(fromContentsOf: organs.seen(viewing))
    }
}

/// The numbers of a tensor sample by sample, each sample written by one thread.
private struct SampleRows: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<Float>
    let samples: Int

    subscript(sample: Int) -> UnsafeMutableBufferPointer<Float> {
        let size = buffer.count / samples
        return UnsafeMutableBufferPointer(rebasing: buffer[sample * size..<(sample + 1) * size])
    }
}
