import Foundation

/// Adam with weight decay kept apart from the gradient (Loshchilov and Hutter 2019, «Decoupled weight decay
/// regularization», algorithm 2, as in PyTorch's AdamW).
///
/// With gradient g at step t: m ← β₁m + (1−β₁)g, v ← β₂v + (1−β₂)g²; w ← w·(1 − η·decay) −
/// η · (m / (1−β₁ᵗ)) / (√(v / (1−β₂ᵗ)) + ε). Only weights decay, not biases, scales and shifts.
public struct AdamW: Sendable {
    /// Settings that stay the same.
    public struct Settings: Sendable, Codable, Equatable {
        /// Memory β₁ of the mean gradient.
        public var beta1 = 0.9
        /// Memory β₂ of the mean square.
        public var beta2 = 0.999
        /// ε, added to the root.
        public var epsilon = 1e-8
        /// Weight decay.
        public var decay = 0.01

        /// The usual settings.
        public init() {}
    }

    /// The settings.
    public let settings: Settings
    /// Steps done.
    public private(set) var step: Int
    /// Mean gradient m.
    public private(set) var first: Parameters
    /// Mean square gradient v.
    public private(set) var second: Parameters

    /// Starts afresh.
    public init(_ parameters: Parameters, settings: Settings = Settings()) {
        self.init(settings: settings, step: 0, first: parameters.zeros(), second: parameters.zeros())
    }

    /// Takes up where an optimiser with this memory left off.
    public init(settings: Settings, step: Int, first: Parameters, second: Parameters) {
        self.settings = settings
        self.step = step
        self.first = first
        self.second = second
    }

    /// Makes one step.
    /// - Parameters:
    ///   - parameters: the weights, changed.
    ///   - gradients: of the loss with respect to each of them.
    ///   - rate: learning rate η.
    public mutating func update(_ parameters: inout Parameters, gradients: Parameters, rate: Double) {
        step += 1
        let (beta1, beta2) = (Float(settings.beta1), Float(settings.beta2))
        let stepSize = Float(rate / (1 - pow(settings.beta1, Double(step))))
        let root = Float((1 - pow(settings.beta2, Double(step))).squareRoot())
        let epsilon = Float(settings.epsilon)
        for index in parameters.names.indices {
            let decays = parameters.tensors[index].shape.count > 1
            let shrink = decays ? Float(1 - rate * settings.decay) : 1
            let gradient = gradients.tensors[index]
            first.update(index) { m in
                gradient.withUnsafeBuffer { g in for i in m.indices { m[i] += (1 - beta1) * (g[i] - m[i]) } }
            }
            second.update(index) { v in
                gradient.withUnsafeBuffer { g in for i in v.indices { v[i] = beta2 * v[i] + (1 - beta2) * g[i] * g[i] }
                }
            }
            let (mean, square) = (first.tensors[index], second.tensors[index])
            parameters.update(index) { w in
                mean.withUnsafeBuffer { m in
                    square.withUnsafeBuffer { v in
                        for i in w.indices {
                            w[i] = w[i] * shrink - stepSize * m[i] / (v[i].squareRoot() / root + epsilon)
                        }
                    }
                }
            }
        }
    }
}
