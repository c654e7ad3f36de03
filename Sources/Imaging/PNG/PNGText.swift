/// The text chunks of a PNG file: `tEXt` for plain ASCII, `iTXt` (UTF-8, uncompressed) for everything else.
enum PNGText {
    static let largestCount = 256
    /// UTF-8 bytes of one text, and of all texts together.
    static let largestText = 1 << 20

    // MARK: Writing

    /// - Parameter text: keys of 1 to 79 printable ASCII characters without spaces at the ends or in a row (PNG
    ///   specification, 11.3.4.2), and texts without a zero character.
    static func encode(_ text: [String: String]) throws(ImagingError) -> [UInt8] {
        guard text.count <= largestCount else {
            throw ImagingError("A PNG image takes at most \(largestCount) texts here, not \(text.count).")
        }
        var bytes: [UInt8] = []
        for (key, value) in text.sorted(by: { $0.key < $1.key }) {
            bytes += try chunk(key: key, value: value)
            guard bytes.count <= largestText else {
                throw ImagingError("The texts for a PNG image are longer than \(largestText) bytes; shorten them.")
            }
        }
        return bytes
    }

    private static func chunk(key: String, value: String) throws(ImagingError) -> [UInt8] {
        guard isKey(Array(key.utf8)) else {
            throw ImagingError(
                "“\(key.prefix(100))” cannot name a text of a PNG image; use 1 to 79 printable ASCII characters with "
                    + "single spaces only between words.")
        }
        let content = Array(value.utf8)
        guard !content.contains(0) else {
            throw ImagingError("The text “\(key)” has a zero character, which a PNG image cannot hold; remove it.")
        }
        let isPlain = content.allSatisfy { $0 == 0x0A || (0x20...0x7E).contains($0) }
        return isPlain
            ? PNGChunks.encode(type: "tEXt", data: Array(key.utf8) + [0] + content)
            // Uncompressed, method 0, no language, no translated key.
            : PNGChunks.encode(type: "iTXt", data: Array(key.utf8) + [0, 0, 0, 0, 0] + content)
    }

    private static func isKey(_ key: [UInt8]) -> Bool {
        let space: UInt8 = 0x20
        return (1...79).contains(key.count) && key.allSatisfy { (0x20...0x7E).contains($0) }
            && key.first != space && key.last != space
            && !zip(key, key.dropFirst()).contains { $0 == space && $1 == space }
    }

    // MARK: Reading

    /// The key and text of one `tEXt` or `iTXt` chunk's data; nil if it is neither or its text is compressed.
    static func decode(type: String, data: ArraySlice<UInt8>) throws(ImagingError) -> (key: String, value: String)? {
        guard type == "tEXt" || type == "iTXt" else { return nil }
        guard let keyEnd = data.firstIndex(of: 0), (1...79).contains(data.distance(from: data.startIndex, to: keyEnd))
        else {
            throw ImagingError("A text of the PNG image has no name of 1 to 79 characters; save the image again.")
        }
        let key = latin1(data[..<keyEnd])
        let rest = data[(keyEnd + 1)...]
        if type == "tEXt" { return (key, latin1(rest)) }
        guard rest.count >= 2 else { throw damaged(key) }
        guard rest[rest.startIndex] == 0 else { return nil }
        let afterMethod = rest.dropFirst(2)
        guard let languageEnd = afterMethod.firstIndex(of: 0),
            let translationEnd = afterMethod[(languageEnd + 1)...].firstIndex(of: 0),
            let value = String(validating: afterMethod[(translationEnd + 1)...], as: UTF8.self)
        else { throw damaged(key) }
        return (key, value)
    }

    private static func damaged(_ key: String) -> ImagingError {
        ImagingError("The text “\(key)” of the PNG image is damaged; save the image again.")
    }

    /// Latin-1 is the first 256 code points of Unicode.
    private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
}

extension PNG {
    /// The texts that a PNG file carries, by key; of texts with one key the last. Compressed texts, which Grove never
    /// writes, are left out.
    package static func text(_ bytes: [UInt8]) throws(ImagingError) -> [String: String] {
        var texts: [String: String] = [:]
        var size = 0
        for chunk in try PNGChunks(bytes).chunks where chunk.type == "tEXt" || chunk.type == "iTXt" {
            size += chunk.data.count
            guard size <= PNGText.largestText, texts.count < PNGText.largestCount else {
                throw ImagingError(
                    "The texts of the PNG image are longer than \(PNGText.largestText) bytes or more than "
                        + "\(PNGText.largestCount); save the image without them.")
            }
            guard let (key, value) = try PNGText.decode(type: chunk.type, data: bytes[chunk.data]) else { continue }
            texts[key] = value
        }
        return texts
    }
}
