import Foundation

/// Cross-entropy of yes-or-no answers, from logits.
///
/// L = Σ w · (max(x, 0) − x·t + log(1 + e^−|x|)) / divisor for logit x, target t in 0…1 and weight w ≥ 0; w = 0 masks an
/// answer that nobody knows, whose target is not looked at. ∂L/∂x = w · (σ(x) − t) / divisor.
public enum BinaryCrossEntropy {
    /// The loss of some logits.
    /// - Parameters:
    ///   - logits: any shape.
    ///   - targets: the true answers, in the same shape.
    ///   - weights: how much each counts, in the same shape.
    ///   - divisor: what the sum is divided by: the sum of the weights of the *whole* batch, so that a batch done in parts
    ///     gives the gradient of the whole.
    public static func loss(_ logits: Tensor, targets: Tensor, weights: Tensor, divisor: Double) -> Loss {
        precondition(logits.shape == targets.shape && logits.shape == weights.shape, "targets of another shape")
        precondition(divisor > 0, "a loss divided by \(divisor)")
        var gradient = Tensor(logits.shape)
        var sum = 0.0
        gradient.withUnsafeMutableBuffer { gradient in
            logits.withUnsafeBuffer { logits in
                targets.withUnsafeBuffer { targets in
                    weights.withUnsafeBuffer { weights in
                        for index in gradient.indices where weights[index] != 0 {
                            let (x, t, w) = (Double(logits[index]), Double(targets[index]), Double(weights[index]))
                            sum += w * (max(x, 0) - x * t + log1p(exp(-abs(x))))
                            gradient[index] = Float(w * (1 / (1 + exp(-x)) - t) / divisor)
                        }
                    }
                }
            }
        }
        return Loss(value: sum / divisor, gradient: gradient)
    }
}
