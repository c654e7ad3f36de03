/// Something that bytes from outside reach, and what must hold whatever they are.
protocol FuzzTarget {
    /// As TARGETS and the corpus' folders write it.
    static var name: String { get }

    /// - Parameter scratch: an empty folder of its own.
    init(scratch: String) throws

    /// Inputs to begin with: whole and valid ones, so that mutations get far.
    func seeds() throws -> [[UInt8]]

    /// Another input, made from one that there is.
    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8]

    /// Handles an input.
    /// - Returns: how many messages, files or texts it was.
    /// - Throws: `Violation` when something does not hold. A refusal of the input is not one.
    func run(_ input: [UInt8]) throws -> Int

    /// How much the process may grow by an input, besides 64 times the input's size.
    static var memory: Int { get }
}

extension FuzzTarget {
    static var memory: Int { 192 << 20 }

    func mutate(_ input: [UInt8], _ random: inout FuzzRandom) -> [UInt8] { ByteMutator.mutate(input, &random) }
}

/// What does not hold.
struct Violation: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func expect(_ holds: Bool, _ complaint: @autoclosure () -> String) throws(Violation) {
        guard holds else { throw Violation(complaint()) }
    }
}
