import Neural

extension Graph {
    /// Σ over all values of the error of `prediction`, divided by `count`: one pass's share of a batch's mean.
    func noiseError(_ prediction: Tensor, _ target: Tensor, _ loss: DiffusionTrainingSettings.Loss, over count: Int)
        -> Tensor
    {
        precondition(
            prediction.shape == target.shape, "noiseError: prediction \(prediction.shape) against \(target.shape)")
        let result = output(Shape(1), from: prediction)
        var sum = 0.0
        for index in 0..<prediction.count {
            let error = Double(prediction.data[index]) - Double(target.data[index])
            sum += loss == .l2 ? error * error : error.magnitude
        }
        result.data[0] = Float(sum / Double(count))
        guard result.requiresGradient else { return result }
        record((result, prediction, target, loss, count)) { kept, _ in
            let (result, prediction, target, loss, count) = kept
            guard let upstream = result.gradientIfAny?[0] else { return }
            let gradient = prediction.gradient()
            let factor = upstream / Float(count)
            for index in 0..<prediction.count {
                let error = prediction.data[index] - target.data[index]
                let slope: Float = loss == .l2 ? 2 * error : (error > 0 ? 1 : error < 0 ? -1 : 0)
                gradient[index] += factor * slope
            }
        }
        return result
    }
}
