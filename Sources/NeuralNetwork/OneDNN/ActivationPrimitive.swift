import CDNNL

/// An elementwise function and its derivative, compiled by oneDNN for one count of numbers.
final class ActivationPrimitive: @unchecked Sendable {
    /// What a primitive is made for.
    struct Key: Hashable, Sendable {
        var count: Int
        var backward: Bool
    }

    private let description: dnnl_primitive_desc_t
    private let primitive: dnnl_primitive_t
    private let backward: Bool

    /// Compiles x · σ(x) or its derivative.
    init(_ key: Key) {
        OneDNN.stayOnThisThread()
        backward = key.backward
        var memory = dnnl_memory_desc_t()
        OneDNN.check(dnnl_memory_desc_init_by_tag(&memory, 1, [dnnl_dim_t(key.count)], dnnl_f32, dnnl_a), "numbers")
        var operation = dnnl_eltwise_desc_t()
        OneDNN.check(
            dnnl_eltwise_forward_desc_init(&operation, dnnl_forward_training, dnnl_eltwise_swish, &memory, 1, 0),
            "activation")
        var forward: dnnl_primitive_desc_t?
        OneDNN.check(dnnl_primitive_desc_create(&forward, &operation, nil, OneDNN.engine, nil), "activation")
        var description = forward
        if key.backward {
            var other = memory
            OneDNN.check(
                dnnl_eltwise_backward_desc_init(&operation, dnnl_eltwise_swish, &memory, &other, 1, 0), "derivative")
            OneDNN.check(
                dnnl_primitive_desc_create(&description, &operation, nil, OneDNN.engine, forward), "derivative")
            dnnl_primitive_desc_destroy(forward)
        }
        var primitive: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&primitive, description), "activation")
        self.description = description!
        self.primitive = primitive!
    }

    deinit {
        dnnl_primitive_destroy(primitive)
        dnnl_primitive_desc_destroy(description)
    }

    /// The function of each number.
    func forward(_ input: Tensor) -> Tensor {
        let output = Tensor(uninitialized: input.shape)
        let memory = dnnl_primitive_desc_query_md(description, dnnl_query_src_md, 0)!
        OneDNN.execute(
            primitive,
            [(DNNL_ARG_SRC_0, memory, .init(input.readOnly)), (DNNL_ARG_DST_0, memory, .init(output.readOnly))])
        return withExtendedLifetime(input) { output }
    }

    /// The derivative at each number of the input, times the gradient of the output.
    func backward(_ gradient: Tensor, input: Tensor) -> Tensor {
        let result = Tensor(uninitialized: input.shape)
        let memory = dnnl_primitive_desc_query_md(description, dnnl_query_src_md, 0)!
        OneDNN.execute(
            primitive,
            [
                (DNNL_ARG_SRC_0, memory, .init(input.readOnly)),
                (DNNL_ARG_DIFF_DST_0, memory, .init(gradient.readOnly)),
                (DNNL_ARG_DIFF_SRC_0, memory, .init(result.readOnly)),
            ])
        return withExtendedLifetime((input, gradient)) { result }
    }
}
