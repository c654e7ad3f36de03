import ModelSettings

/// Where a tree's training stands between two steps, apart from weights and moments. Its JSON is part of a checkpoint.
struct TreeTrainingPosition: Codable, Equatable {
    enum Stage: String, Codable {
        case initial
        case split
        case intermediate
        case final
        case finished
    }

    var stage = Stage.initial
    /// Of the stage, from 0.
    var epoch = 0
    /// Of the epoch, from 0.
    var batch = 0
    /// Optimiser steps done in the whole run.
    var stepsDone = 0
    /// Stages begun before this one; it keeps their random numbers apart.
    var stagesBegun = 0
    /// Splits that are part of the tree.
    var splitsDone = 0
    /// Whether the intermediate stage before the next split has been trained.
    var intermediateDone = false
    /// In a split stage, the node of the leaf that is being split, breadth first.
    var splitNode: Int?
    /// Times that leaves have grown anew after a final stage; nil for none.
    var regrowths: Int?

    /// What progress reports call the stage.
    var stageName: String { stage == .split ? "split \(splitsDone + 1)" : stage.rawValue }
}

extension TreeTrainingPosition {
    /// Refuses numbers that no run comes to, before anything is computed with them.
    func check() throws(TreeError) {
        let isPossible =
            TreeBounds.epochs.contains(epoch) && (0...1 << 40).contains(batch) && (0...1 << 48).contains(stepsDone)
            && (0...1 << 20).contains(splitsDone) && (0...1 << 20).contains(stagesBegun)
            && TreeBounds.regrowths.contains(regrowths ?? 0)
        guard isPossible else {
            throw TreeError("The checkpoint says that it was written where no training comes to; use another one.")
        }
    }
}
