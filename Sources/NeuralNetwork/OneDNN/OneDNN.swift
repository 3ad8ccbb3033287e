import CDNNL
import Foundation

/// The engine of oneDNN and the few calls of its C interface that every primitive needs.
///
/// A status other than success can only mean that a layer asked for something oneDNN does not offer, or that memory ran
/// out: both stop the program with oneDNN's own status.
package enum OneDNN {
    /// The processor. An engine may be used from any thread.
    nonisolated(unsafe) static let engine: dnnl_engine_t = {
        var engine: dnnl_engine_t?
        check(dnnl_engine_create(&engine, dnnl_cpu, 0), "engine")
        return engine!
    }()

    /// Version of the library that was loaded, such as `2.6.3`.
    package static var version: String {
        let version = dnnl_version().pointee
        return "\(version.major).\(version.minor).\(version.patch)"
    }

    /// Whether oneDNN computes with bfloat16 on this processor: from AVX-512 on.
    package static var hasHalfPrecision: Bool {
        let needed = dnnl_cpu_isa_avx512_core.rawValue
        return dnnl_get_effective_cpu_isa().rawValue & needed == needed
    }

    /// Keeps oneDNN on the calling thread, in primitives made and run from now on.
    ///
    /// Two threads each with samples of their own are quicker than oneDNN's two threads on the same samples, cover every
    /// layer, and leave the order of every sum alone. Debian's oneDNN runs on OpenMP, whose number of threads belongs to
    /// the calling thread; where the library was built without OpenMP this does nothing.
    package static func stayOnThisThread() { setThreads?(1) }

    private static let setThreads: (@convention(c) (Int32) -> Void)? = {
        _ = engine  // so that the library and its OpenMP are loaded
        guard let symbol = dlsym(nil, "omp_set_num_threads") else { return nil }
        return unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Void).self)
    }()

    static func check(_ status: dnnl_status_t, _ what: String) {
        guard status == dnnl_success else { fatalError("oneDNN \(version) refused \(what): status \(status.rawValue)") }
    }

    /// Runs a primitive on memory that the caller keeps alive and, where written, owns alone.
    static func execute(
        _ primitive: dnnl_primitive_t,
        _ arguments: [(index: Int32, description: UnsafePointer<dnnl_memory_desc_t>, data: UnsafeMutableRawPointer)]
    ) {
        stayOnThisThread()
        var stream: dnnl_stream_t?
        check(dnnl_stream_create(&stream, engine, UInt32(dnnl_stream_default_flags.rawValue)), "stream")
        defer { dnnl_stream_destroy(stream) }
        let memories = arguments.map { argument in
            var memory: dnnl_memory_t?
            check(dnnl_memory_create(&memory, argument.description, engine, argument.data), "memory")
            return dnnl_exec_arg_t(arg: argument.index, memory: memory)
        }
        defer { for memory in memories { dnnl_memory_destroy(memory.memory) } }
        check(dnnl_primitive_execute(primitive, stream, Int32(memories.count), memories), "execution")
        check(dnnl_stream_wait(stream), "waiting")
    }
}
