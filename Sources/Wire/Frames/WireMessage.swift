/// One message as it travels: header, envelope, payload and, for pieces of blobs, bulk bytes. What the envelope and the
/// payload mean is decided one layer up; here they are bytes.
package struct WireMessage: Hashable, Sendable {
    package var type: MessageType
    package var callID: CallID
    /// Counts the DATA messages of a stream from 0; 0 elsewhere.
    package var sequence: UInt32
    package var envelope: [UInt8]
    package var payload: [UInt8]
    /// Empty means that the frame is left out.
    package var bulk: [UInt8]

    package init(
        _ type: MessageType, callID: CallID = .none, sequence: UInt32 = 0, envelope: [UInt8] = [],
        payload: [UInt8] = [], bulk: [UInt8] = []
    ) {
        self.type = type
        self.callID = callID
        self.sequence = sequence
        self.envelope = envelope
        self.payload = payload
        self.bulk = bulk
    }
}

// MARK: Frames

extension WireMessage {
    /// 'G' 'R' 'V'; the version follows.
    package static let magic: [UInt8] = [0x47, 0x52, 0x56]
    private static let opening = magic + [version]
    /// The version of the framing that is spoken here.
    package static let version: UInt8 = 1
    package static let headerBytes = 24

    /// The frames to send, without any routing id.
    package var frames: [[UInt8]] {
        var frames = [Self.opening, header, envelope, payload]
        if !bulk.isEmpty { frames.append(bulk) }
        return frames
    }

    private var header: [UInt8] {
        var header: [UInt8] = [type.rawValue, 0, 0, 0]
        header.reserveCapacity(Self.headerBytes)
        header += callID.bytes
        withUnsafeBytes(of: sequence.littleEndian) { header += $0 }
        return header
    }

    /// The type that frames claim to have, without a look at the rest.
    package static func type(of frames: [[UInt8]]) -> MessageType? {
        guard frames.count > 1, let type = frames[1].first else { return nil }
        return MessageType(rawValue: type)
    }

    /// Reads frames that anybody may have sent.
    package init(frames: [[UInt8]]) throws(WireError) {
        // The version comes first: another one may have other frames.
        guard let opening = frames.first, opening.count == 4, opening.starts(with: Self.magic) else {
            throw .notGrove
        }
        guard opening[3] == Self.version else { throw .unsupportedVersion(opening[3]) }
        guard frames.count == 4 || frames.count == Limits.frames else { throw .wrongFrameCount(frames.count) }
        for (index, frame) in frames.enumerated() where frame.count > Limits.frameBytes {
            throw .frameTooLarge(index: index, bytes: frame.count)
        }
        let header = frames[1]
        guard header.count == Self.headerBytes else { throw .wrongHeaderSize(header.count) }
        guard let type = MessageType(rawValue: header[0]) else { throw .unknownType(header[0]) }
        guard header[1...3].allSatisfy({ $0 == 0 }) else { throw .unknownFlags }
        guard let callID = CallID(bytes: header[4..<20]) else { throw .wrongHeaderSize(header.count) }
        let sequence = header[20..<24].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard frames.count == 4 || !frames[4].isEmpty else { throw .emptyBulk }
        self.init(
            type, callID: callID, sequence: sequence, envelope: frames[2], payload: frames[3],
            bulk: frames.count > 4 ? frames[4] : [])
        try requireForm()
    }

    /// What keeps a receiver from reading it: a frame beyond the limits. `nil` when there is none.
    package var excess: WireError? {
        for (index, frame) in [envelope, payload].enumerated() where frame.count > Limits.frameBytes {
            return .frameTooLarge(index: index + 2, bytes: frame.count)
        }
        return nil
    }

    /// That it has what its type has, and nothing else.
    private func requireForm() throws(WireError) {
        guard (callID != .none) == type.concernsCall else { throw .wrongCallID(type) }
        guard sequence == 0 || type == .data else { throw .unexpectedSequence(type) }
        guard envelope.isEmpty || type.hasEnvelope else { throw .unexpectedContent(type, frame: "envelope") }
        guard payload.isEmpty || type.hasPayload else { throw .unexpectedContent(type, frame: "payload") }
        guard bulk.isEmpty || type.hasBulk else { throw .unexpectedContent(type, frame: "bulk") }
    }
}
