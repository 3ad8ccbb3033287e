extension Alignment {
    /// Beyond this difference a cube counts for less: it shows something that has moved by itself, or was not there.
    private static let huber = 0.15
    /// Steps of one descent at most.
    private static let maximumSteps = 40

    /// The transform to which a damped Gauss–Newton descent comes from another.
    func descended(from start: RigidTransform) -> RigidTransform {
        var (transform, damping) = (start, 1e-3)
        var equations = equations(at: transform)
        for _ in 0..<Self.maximumSteps {
            guard let step = equations.step(damping: damping) else { break }
            let (shift, turn) = (PatientPoint(step[0], step[1], step[2]), PatientPoint(step[3], step[4], step[5]))
            let next = transform.followed(byRotation: turn, translation: shift)
            let nextEquations = self.equations(at: next)
            if nextEquations.meanCost < equations.meanCost {
                (transform, equations, damping) = (next, nextEquations, max(damping / 10, 1e-9))
                // A hundredth of a millimetre, and as much at the far ends of the body.
                if shift.length < 0.01, turn.length < 1e-5 { break }
            } else {
                damping *= 10
                if damping > 1e3 { break }
            }
        }
        return transform
    }

    /// The normal equations at a transform: derivatives after translation, then rotation about the centre's image.
    private func equations(at transform: RigidTransform) -> NormalEquations {
        var equations = NormalEquations()
        let image = transform.centre + transform.translation
        for sample in samples {
            let point = transform(sample.point)
            guard let (value, gradient) = earlier.sample(point) else { continue }
            let difference = value - sample.value
            let size = abs(difference)
            let isLarge = size > Self.huber
            let turning = (point - image).cross(gradient)
            equations.add(
                derivative: [gradient.x, gradient.y, gradient.z, turning.x, turning.y, turning.z],
                difference: difference, weight: isLarge ? Self.huber / size : 1,
                cost: isLarge ? Self.huber * (2 * size - Self.huber) : size * size)
        }
        return equations
    }
}

/// The sums of a least-squares step in six unknowns.
private struct NormalEquations {
    private var matrix = [Double](repeating: 0, count: 36)
    private var right = [Double](repeating: 0, count: 6)
    private var cost = 0.0
    private var count = 0.0

    /// The mean cost of a cube; infinite where nothing overlaps.
    var meanCost: Double { count > 0 ? cost / count : .infinity }

    mutating func add(derivative: [6 of Double], difference: Double, weight: Double, cost: Double) {
        for row in 0..<6 {
            let scaled = weight * derivative[row]
            right[row] -= scaled * difference
            for column in 0...row { matrix[row * 6 + column] += scaled * derivative[column] }
        }
        self.cost += cost
        count += 1
    }

    /// Solves by Cholesky's decomposition; nil where the matrix is singular.
    func step(damping: Double) -> [Double]? {
        var lower = matrix
        for row in 0..<6 { lower[row * 6 + row] *= 1 + damping }
        for row in 0..<6 {
            for column in 0...row {
                var sum = lower[row * 6 + column]
                for k in 0..<column { sum -= lower[row * 6 + k] * lower[column * 6 + k] }
                if row == column {
                    guard sum > 0 else { return nil }
                    lower[row * 6 + row] = sum.squareRoot()
                } else {
                    lower[row * 6 + column] = sum / lower[column * 6 + column]
                }
            }
        }
        var result = right
        for row in 0..<6 {
            for k in 0..<row { result[row] -= lower[row * 6 + k] * result[k] }
            result[row] /= lower[row * 6 + row]
        }
        for row in (0..<6).reversed() {
            for k in (row + 1)..<6 { result[row] -= lower[k * 6 + row] * result[k] }
            result[row] /= lower[row * 6 + row]
        }
        return result
    }
}
