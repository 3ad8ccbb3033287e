import Dispatch
import Synchronization

extension Network {
    /// The outputs for any number of samples, for use rather than training.
    /// - Parameters:
    ///   - inputs: one for each branch, of at least one sample.
    ///   - threads: how many threads share the work; the outputs do not depend on it.
    ///   - share: samples done at once by a thread.
    public func outputs(_ inputs: [Tensor], _ parameters: Parameters, threads: Int = 2, share: Int = 8) -> [Tensor] {
        let parts = Self.inParallel(inputs[0].samples, threads: threads, share: share) { range in
            forward(inputs.map { $0.samples(range) }, Run(parameters: parameters)).outputs
        }
        return heads.indices.map { head in .joiningSamples(parts.map { $0[head] }) }
    }

    /// The loss of a batch and its gradient with respect to the parameters.
    ///
    /// The batch is done in shares of a fixed size, and their gradients are added in the order of the samples: the result
    /// is the same to the last bit however many threads there are. Another share, or a processor for which oneDNN chooses
    /// other code, changes the last bits.
    /// - Parameters:
    ///   - inputs: one for each branch, of at least one sample.
    ///   - parameters: the weights.
    ///   - seed: of what is dropped at random; another one for each step.
    ///   - threads: how many threads share the work.
    ///   - share: samples done at once by a thread; more need more memory.
    ///   - loss: the losses of the outputs of the samples in a range, one for each head, already divided by what is
    ///     right for the whole batch. Called from several threads at once.
    public func gradients(
        _ inputs: [Tensor], _ parameters: Parameters, seed: UInt64, threads: Int = 2, share: Int = 8,
        loss: @Sendable (_ outputs: [Tensor], _ samples: Range<Int>) -> [Loss]
    ) -> (loss: [Double], gradients: Parameters) {
        let parts = Self.inParallel(inputs[0].samples, threads: threads, share: share) { range in
            let run = Run(parameters: parameters, seed: seed, firstSample: range.lowerBound)
            let (outputs, back) = forward(inputs.map { $0.samples(range) }, run)
            let losses = loss(outputs, range)
            var gradients = parameters.zeros()
            back(losses.map(\.gradient), &gradients)
            return (values: losses.map(\.value), gradients: gradients)
        }
        var sum = parts[0]
        for part in parts.dropFirst() {
            for head in sum.values.indices { sum.values[head] += part.values[head] }
            sum.gradients.add(part.gradients)
        }
        return (sum.values, sum.gradients)
    }

    /// The results of `body` for shares of `count` samples, in their order.
    private static func inParallel<Result: Sendable>(
        _ count: Int, threads: Int, share: Int, _ body: @Sendable (Range<Int>) -> Result
    ) -> [Result] {
        precondition(count > 0 && threads > 0 && share > 0, "nothing to do, or nobody to do it")
        let ranges = stride(from: 0, to: count, by: share).map { $0..<min($0 + share, count) }
        let next = Atomic(0)
        let results = Mutex([Result?](repeating: nil, count: ranges.count))
        DispatchQueue.concurrentPerform(iterations: min(threads, ranges.count)) { _ in
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < ranges.count else { return }
                let result = body(ranges[index])
                results.withLock { $0[index] = result }
            }
        }
        return results.withLock { $0.map { $0! } }
    }
}
