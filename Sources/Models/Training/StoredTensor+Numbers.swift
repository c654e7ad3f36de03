import Neural

extension [StoredTensor] {
    /// Throws a sentence if any value is not a number: a checkpoint that would begin with it is worth nothing.
    ///
    /// - Parameter step: steps done, for the sentence.
    func requireNumbers(step: Int) throws(TrainingError) {
        guard let broken = first(where: { !$0.holdsNumbers }) else { return }
        throw TrainingError(
            "Training stopped being a number at step \(step) (in \(broken.name)); lower the learning rate or go on "
                + "from an earlier checkpoint.")
    }
}

extension StoredTensor {
    fileprivate var holdsNumbers: Bool {
        guard type == .float32 else { return true }
        return bytes.withUnsafeBytes { raw in
            stride(from: 0, to: raw.count, by: 4).allSatisfy { offset in
                raw.loadUnaligned(fromByteOffset: offset, as: Float.self).isFinite
            }
        }
    }
}
