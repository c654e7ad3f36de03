/// What one optimiser step of a training run reports.
package struct TrainingProgress: Sendable, Equatable {
    /// One addend of the loss, or another number worth a curve.
    package struct Part: Sendable, Equatable {
        package let name: String
        package let value: Double

        package init(name: String, value: Double) {
            self.name = name
            self.value = value
        }
    }

    /// The stage the step belongs to: "initial", "split 3", "intermediate", "final", "refinement".
    package var stage: String
    /// Epoch of the stage, from 0, and how many epochs the stage has.
    package var epoch: Int
    package var epochs: Int
    /// Steps taken in the whole run, this one included.
    package var step: Int
    /// How many steps the run will take, as far as is known now: growth decides some of them on its way.
    package var totalSteps: Int
    package var loss: Double
    /// What the steps of one stage are ranked by, lower is better: the loss, unless its own weights change on the way.
    package var score: Double
    package var parts: [Part]
    package var learningRate: Double

    package init(
        stage: String, epoch: Int, epochs: Int, step: Int, totalSteps: Int, loss: Double, parts: [Part],
        learningRate: Double, score: Double? = nil
    ) {
        self.stage = stage
        self.epoch = epoch
        self.epochs = epochs
        self.step = step
        self.totalSteps = totalSteps
        self.loss = loss
        self.score = score ?? loss
        self.parts = parts
        self.learningRate = learningRate
    }
}
