import CDNNL

/// Copies between two orders of the same numbers in memory.
final class ReorderPrimitive: @unchecked Sendable {
    private let description: dnnl_primitive_desc_t
    private let primitive: dnnl_primitive_t

    /// Compiles the copy.
    init(from source: dnnl_memory_desc_t, to target: dnnl_memory_desc_t) {
        OneDNN.stayOnThisThread()
        var (source, target) = (source, target)
        var description: dnnl_primitive_desc_t?
        let engine = OneDNN.engine
        OneDNN.check(
            dnnl_reorder_primitive_desc_create(&description, &source, engine, &target, engine, nil), "reordering")
        var primitive: dnnl_primitive_t?
        OneDNN.check(dnnl_primitive_create(&primitive, description), "reordering")
        self.description = description!
        self.primitive = primitive!
    }

    deinit {
        dnnl_primitive_destroy(primitive)
        dnnl_primitive_desc_destroy(description)
    }

    /// Copies.
    func run(from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer) {
        OneDNN.execute(
            primitive,
            [
                (DNNL_ARG_SRC_0, dnnl_primitive_desc_query_md(description, dnnl_query_src_md, 0), source),
                (DNNL_ARG_DST_0, dnnl_primitive_desc_query_md(description, dnnl_query_dst_md, 0), target),
            ])
    }
}
