/// The numbers that keep this folder's random sequences apart (`RandomKey.use`).
enum DiffusionRandomUse {
    /// "DXT": the noise of x_T.
    static let start: UInt32 = 0x0044_5854
    /// "DRS": the noise of a reverse step.
    static let reverseStep: UInt32 = 0x0044_5253
    /// "DTO": the order in which training visits the images, a permutation an epoch.
    static let order: UInt32 = 0x0044_544F
    /// "DTT": the steps t of a training batch.
    static let timestep: UInt32 = 0x0044_5454
    /// "DTN": the noise ε of a training image.
    static let trainingNoise: UInt32 = 0x0044_544E
    /// "DTC": which images of a batch lose their conditions.
    static let conditionDrop: UInt32 = 0x0044_5443
    /// "DTL": which leaf a training image is seen through.
    static let leafChoice: UInt32 = 0x0044_544C
    /// "D" and the number of a residual block: dropout inside the network.
    static let dropout: UInt32 = 0x4400_0000
}
