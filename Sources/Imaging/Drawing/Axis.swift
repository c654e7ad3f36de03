/// An axis from the smallest to the largest value: where values come to lie, and the round numbers that are written on it.
struct Axis {
    let range: ClosedRange<Double>
    let ticks: [Double]
    private let step: Double

    /// Values beyond are not shown: no number for people, and differences of them overflow.
    private static let limit = 1e100

    private static let smallest = 1e-290

    /// - Parameter about: how many ticks are wanted.
    init(covering values: some Sequence<Double>, about: Int) {
        var (low, high) = (Double.infinity, -Double.infinity)
        for value in values where value.magnitude < Self.limit { (low, high) = (min(low, value), max(high, value)) }
        if low > high { (low, high) = (0, 1) }
        // Steps of smaller ranges would be no numbers any more.
        let size = max(low.magnitude, high.magnitude)
        if high - low <= max(size * 1e-12, Self.smallest) {
            let room = size <= Self.smallest ? 1 : size / 2
            (low, high) = (low - room, high + room)
        }
        let step = Self.roundStep((high - low) / Double(max(1, about)))
        let (first, last) = ((low / step).rounded(.up), (high / step).rounded(.down))
        range = low...high
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        self.step = step
    }

    /// 0 at the low end, 1 at the high one.
    func position(_ value: Double) -> Double {
        (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    }

    /// A tick as it is written: `0.002`, `150`, `12k`.
    func label(_ tick: Double) -> String {
        let (scaled, unit, places) =
            switch max(range.lowerBound.magnitude, range.upperBound.magnitude) {
            case 10_000_000_000...: (tick, "", Int.max)
            case 10_000_000...: (tick / 1_000_000, "M", Self.places(step / 1_000_000))
            case 10_000...: (tick / 1000, "k", Self.places(step / 1000))
            default: (tick, "", Self.places(step))
            }
        if places > 6 { return tick == 0 ? "0" : Self.scientific(tick) }
        return Self.fixed(scaled, places) + unit
    }

    /// 1, 2 or 5 times a power of ten, the next above `step`.
    private static func roundStep(_ step: Double) -> Double {
        var power = 1.0
        while power > step { power /= 10 }
        while power * 10 <= step { power *= 10 }
        return power * ([1, 2, 5].first { $0 * power >= step } ?? 10)
    }

    /// Places after the point that a step needs.
    private static func places(_ step: Double) -> Int {
        var (scaled, places) = (step, 0)
        while scaled < 0.9999 { (scaled, places) = (scaled * 10, places + 1) }
        return places
    }

    private static func fixed(_ value: Double, _ places: Int) -> String {
        let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        let all = Int((value * Double(scale)).rounded())
        let sign = all < 0 ? "-" : ""
        guard places > 0 else { return "\(all)" }
        let rest = "\(all.magnitude % UInt(scale))"
        return sign + "\(all.magnitude / UInt(scale))." + String(repeating: "0", count: places - rest.count) + rest
    }

    private static func scientific(_ value: Double) -> String {
        var (mantissa, exponent) = (value, 0)
        while mantissa.magnitude >= 9.99999 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa.magnitude < 0.99999 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return "\(fixed(mantissa, 1))e\(exponent)"
    }
}
