import Transport
import Wire

/// What happens to a broker, step by step, as bytes: any bytes are some script.
struct BrokerScript {
    enum Step {
        /// - Parameter joins: whether the next step is of the same turn.
        case message(peer: UInt8, frames: [[UInt8]], joins: Bool)
        case oversized(peer: UInt8)
        case gone(peer: UInt8)
        /// The newest assignment could not be delivered.
        case undelivered
        case heldUp(milliseconds: UInt32)
        /// The monotonic clock goes on, the wall clock goes or is set anywhere.
        case time(milliseconds: UInt32, wallMilliseconds: Int64)
        /// The broker ends, and another starts on the same store.
        case restart
    }

    var steps: [Step]

    init(_ steps: [Step]) { self.steps = steps }

    init(input: [UInt8]) { steps = Pieces(input: input).list.compactMap(Self.step) }

    var bytes: [UInt8] { Pieces(steps.map(Self.piece)).bytes }

    private static func step(_ piece: [UInt8]) -> Step? {
        guard piece.count >= 2 else { return piece.isEmpty ? nil : .restart }
        let (kind, peer, rest) = (piece[0], piece[1], Array(piece[2...]))
        func number(_ range: Range<Int>) -> UInt64 {
            range.reversed().reduce(0) { $0 << 8 | UInt64(rest.indices.contains($1) ? rest[$1] : 0) }
        }
        switch kind {
        case 0, 1: return .message(peer: peer, frames: Pieces(input: rest).list, joins: kind == 1)
        case 2: return .oversized(peer: peer)
        case 3: return .gone(peer: peer)
        case 4: return .undelivered
        case 5: return .heldUp(milliseconds: UInt32(number(0..<4)))
        case 6:
            return .time(milliseconds: UInt32(number(0..<4)), wallMilliseconds: Int64(bitPattern: number(4..<12)))
        default: return .restart
        }
    }

    private static func piece(_ step: Step) -> [UInt8] {
        func little(_ value: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: value.littleEndian) { Array($0) }
        }
        return switch step {
        case .message(let peer, let frames, let joins): [joins ? 1 : 0, peer] + Pieces(frames).bytes
        case .oversized(let peer): [2, peer]
        case .gone(let peer): [3, peer]
        case .undelivered: [4, 0]
        case .heldUp(let milliseconds): [5, 0] + little(milliseconds)
        case .time(let milliseconds, let wall): [6, 0] + little(milliseconds) + little(wall)
        case .restart: [7, 0]
        }
    }
}

// MARK: Other scripts

extension BrokerScript {
    private static let mostSteps = 400

    mutating func mutate(_ random: inout FuzzRandom) {
        for _ in 0...random.below(6) { change(&random) }
        if steps.count > Self.mostSteps { steps.removeLast(steps.count - Self.mostSteps) }
    }

    private mutating func change(_ random: inout FuzzRandom) {
        let place = random.below(steps.count)
        switch random.below(16) {
        case 0 where !steps.isEmpty: steps.remove(at: place)
        case 1 where !steps.isEmpty: steps.swapAt(place, random.below(steps.count))
        case 2: steps.insert(Self.time(&random), at: place)
        case 3: steps.insert(.restart, at: place)
        case 4: steps.insert(.gone(peer: UInt8(random.below(4))), at: place)
        case 5: steps.insert(random.pick([.undelivered, .oversized(peer: 1), Self.heldUp(&random)]), at: place)
        case 6:
            steps.insert(
                .message(peer: UInt8(random.below(4)), frames: Self.frames(&random), joins: random.oneIn(4)), at: place)
        case 7 where !steps.isEmpty:
            steps.insert(
                contentsOf: Array(repeating: steps[place], count: random.oneIn(10) ? 260 : 1 + random.below(4)),
                at: place)
        default:
            guard !steps.isEmpty else { return }
            steps[place] = Self.changed(steps[place], &random)
        }
    }

    private static func changed(_ step: Step, _ random: inout FuzzRandom) -> Step {
        guard case .message(let peer, var frames, let joins) = step else { return time(&random) }
        guard frames.count >= 4, !random.oneIn(20) else {
            var pieces = Pieces(frames)
            pieces.mutate(&random)
            return .message(peer: peer, frames: pieces.list, joins: joins)
        }
        switch random.below(16) {
        case 0: return .message(peer: UInt8(random.below(4)), frames: frames, joins: joins)
        case 1: return .message(peer: peer, frames: frames, joins: !joins)
        case 2: frames[1] = ByteMutator.mutate(frames[1], &random)
        case 3, 4: frames[2] = WireMutator.mutate(frames[2], &random)
        case 5 where frames.count > 4: frames[4] = ByteMutator.mutate(frames[4], &random)
        case 5: frames.append(random.bytes(random.length(300)))
        // A new call: otherwise it is a repeated one.
        case 6 where frames[1].count >= 20: frames[1].replaceSubrange(4..<20, with: random.bytes(16))
        default: frames[3] = WireMutator.mutate(frames[3], &random)
        }
        return .message(peer: peer, frames: frames, joins: joins)
    }

    private static func time(_ random: inout FuzzRandom) -> Step {
        let forward: UInt32 = random.pick([0, 1, 20, 499, 1000, 15_001, 61_000, 1_800_000, 90_000_000, .max])
        let wall: Int64 = random.pick([
            0, Int64(forward), Int64(forward), 1, -1, -3_600_000, 3_600_000, 86_400_000, -86_400_000, 10_713_600_000,
            -1_764_000_000_000, -1_764_100_000_000, -62_135_596_800_000, 4_000_000_000_000, 253_402_300_800_000,
            Int64(random.below(400 * 1440)) * 60_000,
        ])
        return .time(milliseconds: forward, wallMilliseconds: wall)
    }

    private static func heldUp(_ random: inout FuzzRandom) -> Step {
        .heldUp(milliseconds: random.pick([0, 1, 1500, 20_000, 86_400_000, .max]))
    }

    private static func frames(_ random: inout FuzzRandom) -> [[UInt8]] {
        guard random.oneIn(3) else {
            let type = random.pick(MessageType.allCases)
            return WireMessage(type, callID: .random(using: &random), envelope: WireMutator.mutate([8, 1], &random))
                .frames
        }
        return (0..<random.below(8)).map { _ in random.bytes(random.length(1 << 20 + 70_000)) }
    }
}

extension CallID {
    static func random(using random: inout FuzzRandom) -> CallID { CallID(bytes: random.bytes(16)) ?? .none }
}
