extension Duration {
    /// Whole milliseconds, rounded up so that a wait of less than one does not become a spin; between 0 and the largest
    /// 32-bit number, which is what libzmq takes.
    var roundedUpMilliseconds: Int32 {
        if self <= .zero { return 0 }
        if self >= .milliseconds(Int32.max) { return .max }
        let (seconds, attoseconds) = components
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
