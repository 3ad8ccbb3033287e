import CDNNL

/// One pass of a convolution, compiled by oneDNN for one geometry.
///
/// A primitive never changes after it was made and takes its scratch memory as an argument, so that any number of threads
/// may run it at once.
package final class ConvolutionPrimitive: @unchecked Sendable {
    /// The direction of the pass.
    package enum Pass: String, Hashable, Sendable, CaseIterable {
        /// Output from input and weights.
        case forward
        /// Gradient with respect to the input, from that of the output and the weights.
        case inputGradient
        /// Gradients with respect to weights and bias, from the input and the gradient of the output.
        case weightGradient
    }

    /// How voxels lie in memory.
    package enum Layout: String, Hashable, Sendable, CaseIterable {
        /// Columns fastest, then rows, slices, channels, samples (N, C, D, H, W).
        case channelsFirst
        /// Channels fastest, then columns, rows, slices, samples (N, D, H, W, C).
        case channelsLast
        /// Whatever oneDNN likes best: blocks of 8 or 16 channels.
        case blocked
    }

    /// A buffer that the pass reads or writes.
    package struct Operand {
        let description: UnsafePointer<dnnl_memory_desc_t>
        /// Size of the buffer in bytes.
        package let bytes: Int
    }

    /// Input or its gradient.
    package let input: Operand
    /// Weights or their gradient, in oneDNN's order.
    package let weights: Operand
    /// Output or its gradient.
    package let output: Operand
    /// Bias or its gradient; `nil` for the gradient of the input, which needs none.
    package let bias: Operand?
    /// Memory for the duration of a run.
    package let scratch: Operand
    /// Name that oneDNN gives the code it chose.
    package let implementation: String

    private let pass: Pass
    private let description: dnnl_primitive_desc_t
    private let primitive: dnnl_primitive_t
    private let reorder: ReorderPrimitive

    /// Compiles the pass.
    /// - Parameter half: bfloat16 instead of Float for input, weights and output; for measurements only.
    package init(_ geometry: ConvolutionGeometry, _ pass: Pass, layout: Layout = .channelsLast, half: Bool = false) {
        OneDNN.stayOnThisThread()
        let memory = MemoryDescriptions(geometry, layout: layout, half: half)
        self.pass = pass
        description = memory.describe(pass)
        var primitive: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&primitive, description), "convolution \(geometry) \(pass)")
        self.primitive = primitive!
        input = Self.operand(description, pass == .inputGradient ? dnnl_query_diff_src_md : dnnl_query_src_md)!
        weights = Self.operand(
            description, pass == .weightGradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md)!
        output = Self.operand(description, pass == .forward ? dnnl_query_dst_md : dnnl_query_diff_dst_md)!
        switch pass {
        case .forward: bias = Self.operand(description, dnnl_query_weights_md, 1)
        case .weightGradient: bias = Self.operand(description, dnnl_query_diff_weights_md, 1)
        case .inputGradient: bias = nil
        }
        scratch = Self.operand(description, dnnl_query_scratchpad_md)!
        let arranged = weights.description.pointee
        reorder =
            pass == .weightGradient
            ? ReorderPrimitive(from: arranged, to: memory.storedWeights)
            : ReorderPrimitive(from: memory.storedWeights, to: arranged)
        var name: UnsafePointer<CChar>?
        OneDNN.check(dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &name), "name")
        implementation = name.map { String(cString: $0) } ?? ""
    }

    deinit {
        dnnl_primitive_destroy(primitive)
        dnnl_primitive_desc_destroy(description)
    }

    /// Runs the pass: reads two of the buffers and writes the third, with the bias on the weights' side.
    /// - Parameters: buffers of at least the operands' sizes; `bias` may be `nil` for `inputGradient` only.
    package func run(
        input: UnsafeMutableRawPointer, weights: UnsafeMutableRawPointer, bias: UnsafeMutableRawPointer?,
        output: UnsafeMutableRawPointer, scratch: UnsafeMutableRawPointer
    ) {
        let reverse = pass != .forward
        var arguments = [
            (pass == .inputGradient ? DNNL_ARG_DIFF_SRC_0 : DNNL_ARG_SRC_0, self.input.description, input),
            (pass == .weightGradient ? DNNL_ARG_DIFF_WEIGHTS_0 : DNNL_ARG_WEIGHTS_0, self.weights.description, weights),
            (reverse ? DNNL_ARG_DIFF_DST_0 : DNNL_ARG_DST_0, self.output.description, output),
            (DNNL_ARG_SCRATCHPAD, self.scratch.description, scratch),
        ]
        if let operand = self.bias, let bias {
            arguments.append((reverse ? DNNL_ARG_DIFF_BIAS : DNNL_ARG_BIAS, operand.description, bias))
        }
        OneDNN.execute(primitive, arguments.map { (index: $0.0, description: $0.1, data: $0.2) })
    }

    /// Brings weights from the stored order, output, input, slice, row, column (O, I, D, H, W), into oneDNN's; in
    /// `weightGradient` their gradient the other way.
    package func arrangeWeights(from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer) {
        reorder.run(from: source, to: target)
    }

    private static func operand(
        _ description: dnnl_primitive_desc_t, _ query: dnnl_query_t, _ index: Int32 = 0
    ) -> Operand? {
        guard let memory = dnnl_primitive_desc_query_md(description, query, index) else { return nil }
        return Operand(description: memory, bytes: dnnl_memory_desc_get_size(memory))
    }
}

/// The shapes of a convolution's buffers in oneDNN's words.
private struct MemoryDescriptions {
    var input = dnnl_memory_desc_t()
    var weights = dnnl_memory_desc_t()
    var storedWeights = dnnl_memory_desc_t()
    var bias = dnnl_memory_desc_t()
    var output = dnnl_memory_desc_t()
    let strides: [dnnl_dim_t]
    let padding: [dnnl_dim_t]

    init(_ geometry: ConvolutionGeometry, layout: ConvolutionPrimitive.Layout, half: Bool) {
        let type = half ? dnnl_bf16 : dnnl_f32
        let tag =
            switch layout {
            case .channelsFirst: dnnl_abcde
            case .channelsLast: dnnl_acdeb
            case .blocked: dnnl_format_tag_any
            }
        func describe(
            _ memory: inout dnnl_memory_desc_t, _ shape: [Int], _ type: dnnl_data_type_t, _ tag: dnnl_format_tag_t
        ) {
            let dimensions = shape.map { dnnl_dim_t($0) }
            OneDNN.check(
                dnnl_memory_desc_init_by_tag(&memory, Int32(shape.count), dimensions, type, tag), "memory \(shape)")
        }
        let out = geometry.outputExtent
        let (size, kernel) = (geometry.extent, geometry.kernel)
        describe(&input, [geometry.samples, geometry.inputs, size.depth, size.height, size.width], type, tag)
        describe(&output, [geometry.samples, geometry.outputs, out.depth, out.height, out.width], type, tag)
        let weightShape = [geometry.outputs, geometry.inputs, kernel.depth, kernel.height, kernel.width]
        describe(&weights, weightShape, type, dnnl_format_tag_any)
        describe(&storedWeights, weightShape, dnnl_f32, dnnl_abcde)
        describe(&bias, [geometry.outputs], dnnl_f32, dnnl_a)
        strides = [geometry.stride.depth, geometry.stride.height, geometry.stride.width].map { dnnl_dim_t($0) }
        padding = [geometry.padding.depth, geometry.padding.height, geometry.padding.width].map { dnnl_dim_t($0) }
    }

    /// The description of a pass. oneDNN wants that of the forward pass as a hint for the other two.
    func describe(_ pass: ConvolutionPrimitive.Pass) -> dnnl_primitive_desc_t {
        var (input, weights, bias, output) = (input, weights, bias, output)
        var operation = dnnl_convolution_desc_t()
        OneDNN.check(
            dnnl_convolution_forward_desc_init(
                &operation, dnnl_forward_training, dnnl_convolution_direct, &input, &weights, &bias, &output, strides,
                padding, padding), "forward convolution")
        let forward = create(&operation, hint: nil)
        if pass == .forward { return forward }
        defer { dnnl_primitive_desc_destroy(forward) }
        if pass == .inputGradient {
            OneDNN.check(
                dnnl_convolution_backward_data_desc_init(
                    &operation, dnnl_convolution_direct, &input, &weights, &output, strides, padding, padding),
                "gradient of a convolution's input")
        } else {
            OneDNN.check(
                dnnl_convolution_backward_weights_desc_init(
                    &operation, dnnl_convolution_direct, &input, &weights, &bias, &output, strides, padding, padding),
                "gradient of a convolution's weights")
        }
        return create(&operation, hint: forward)
    }

    private func create(_ operation: inout dnnl_convolution_desc_t, hint: dnnl_primitive_desc_t?)
        -> dnnl_primitive_desc_t
    {
        var attributes: dnnl_primitive_attr_t?
        OneDNN.check(dnnl_primitive_attr_create(&attributes), "attributes")
        defer { dnnl_primitive_attr_destroy(attributes) }
        OneDNN.check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), "scratch memory")
        var description: dnnl_primitive_desc_t?
        OneDNN.check(
            dnnl_primitive_desc_create(&description, &operation, attributes, OneDNN.engine, hint), "convolution")
        return description!
    }
}
