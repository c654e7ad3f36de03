/// What a run will take of the machine's memory at its peak, said before it starts.
package struct MemoryForecast: Sendable, Equatable {
    /// Bytes of parameters, their gradients, and what optimiser and average keep of them; 0 for a model that is in memory
    /// already.
    package let parameters: Int
    /// Bytes of the tensors that a step holds at once, and of the scratch memory of its kernels.
    package let step: Int
    /// Bytes of the images.
    package let images: Int

    package var total: Int { parameters + step + images }

    /// - Parameters:
    ///   - parameters: how many there are.
    ///   - copies: floats kept of each, itself included.
    init(parameters: Int = 0, copies: Int = 0, step: Int, images: Int) {
        self.parameters = parameters * copies * MemoryLayout<Float>.stride
        self.step = step
        self.images = images
    }
}
