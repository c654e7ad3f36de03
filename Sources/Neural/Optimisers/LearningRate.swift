import Glibc

/// How the learning rate changes over a run.
package enum LearningRate {
    /// Rises in a straight line to `base` over `steps`: base · min(k / steps, 1) for step k = 0, 1, ..., so that the
    /// first step moves nothing. Without warm-up steps it is `base`.
    package static func warmedUp(_ base: Double, step: Int, over steps: Int) -> Double {
        steps > 0 ? base * min(Double(step) / Double(steps), 1) : base
    }

    /// Falls from `base` to nearly 0 along half a cosine over `steps`: base · (1 + cos(π k / steps)) / 2 for step
    /// k = 0, 1, ... (Loshchilov and Hutter 2017, without restarts).
    package static func cosine(_ base: Double, step: Int, over steps: Int) -> Double {
        base * (1 + cos(Double.pi * Double(step) / Double(max(1, steps)))) / 2
    }
}
