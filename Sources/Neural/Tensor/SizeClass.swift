/// The number of floats that a buffer really has: a multiple of sixteen, and above 128 of an eighth of a power of two.
struct SizeClass {
    /// As many as there are for sizes that an `Int` can tell.
    static let count = 8 * (Int.bitWidth - 7)

    let floats: Int
    /// Its place among all classes, smallest first.
    let index: Int

    /// The smallest class for so many floats.
    init(_ count: Int) {
        let last = max(count - 1, 0)
        let octave = max(0, Int.bitWidth - 7 - last.leadingZeroBitCount)
        let eighths = last / Self.step(octave)
        self.init(index: octave == 0 ? eighths : 8 * octave + eighths - 8)
    }

    init(index: Int) {
        let octave = index / 8
        self.index = index
        floats = (index % 8 + (octave == 0 ? 1 : 9)) * Self.step(octave)
    }

    /// Between the classes of an octave; those of the first two lie as far apart.
    private static func step(_ octave: Int) -> Int { 16 << max(0, octave - 1) }

    var bytes: Int { floats * MemoryLayout<Float>.stride }
}
