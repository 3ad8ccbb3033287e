/// What a convolution is asked to do: everything that a primitive of oneDNN is made for.
package struct ConvolutionGeometry: Hashable, Sendable {
    /// Samples at once.
    package var samples: Int
    /// Channels of the input.
    package var inputs: Int
    /// Channels of the output.
    package var outputs: Int
    /// Size of the input.
    package var extent: Extent
    /// Size of the kernel.
    package var kernel: Extent
    /// Step of the kernel.
    package var stride: Extent
    /// Zeros assumed beyond each face of the input.
    package var padding: Extent

    /// Gathers a geometry.
    package init(
        samples: Int, inputs: Int, outputs: Int, extent: Extent, kernel: Extent, stride: Extent = .cube(1),
        padding: Extent
    ) {
        self.samples = samples
        self.inputs = inputs
        self.outputs = outputs
        self.extent = extent
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// Size of the output.
    package var outputExtent: Extent { extent.slid(window: kernel, stride: stride, padding: padding) }

    /// Floating-point operations of one pass: a multiplication and an addition for each tap, padding counted too.
    package var operations: Double {
        2 * Double(samples) * Double(outputExtent.count) * Double(outputs) * Double(inputs) * Double(kernel.count)
    }
}
