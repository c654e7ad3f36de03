import Neural

/// Where random decisions come from. Tests script one; training uses a key's stream, so that a run can be repeated.
package protocol RandomSource {
    /// Uniform on [0, 1).
    mutating func uniform() -> Float
    /// Uniform on 0 ..< bound.
    mutating func integer(below bound: Int) -> Int
}

extension RandomStream: RandomSource {}
