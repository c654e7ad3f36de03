/// Numbers in `RandomKey.use` of everything that a tree and its training draw; no two may share one.
enum TreeRandomUse {
    /// Latents of a tree's nodes ("TR"); the node's index is added.
    static let latents: UInt32 = 0x5452_0000
    /// Latents of a small tree's two leaves ("ST"); 0 or 1 is added.
    static let smallTreeLatents: UInt32 = 0x5354_0000
    /// Dropout in routers ("DR"); twice the node's index and the router's number are added.
    static let dropout: UInt32 = 0x4452_0000
    /// The choice of a leaf ("LEAF").
    static let leaf: UInt32 = 0x4C45_4146
    /// The order of images in an epoch ("TORD").
    static let order: UInt32 = 0x544F_5244
    /// Augmented views ("VIEW").
    static let view: UInt32 = 0x5649_4557
}
