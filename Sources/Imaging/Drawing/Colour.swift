/// An opaque colour of 8 bits a channel.
package struct Colour: Sendable, Equatable {
    package let red: UInt8
    package let green: UInt8
    package let blue: UInt8

    package init(red: UInt8, green: UInt8, blue: UInt8) {
        self.red = red
        self.green = green
        self.blue = blue
    }

    /// From 0xRRGGBB.
    package init(_ hexadecimal: UInt32) {
        self.init(
            red: UInt8(hexadecimal >> 16 & 255), green: UInt8(hexadecimal >> 8 & 255), blue: UInt8(hexadecimal & 255))
    }

    package init(grey: UInt8) {
        self.init(red: grey, green: grey, blue: grey)
    }

    package static let white = Colour(grey: 255)
    /// For text: softer than black on white, and still dark on any screen.
    package static let ink = Colour(grey: 34)

    /// For 1 or 3 channels. Grey is luma (ITU-R BT.601), in whole numbers so that it is the same everywhere.
    func values(channels: Int) -> [UInt8] {
        guard channels == 1 else { return [red, green, blue] }
        let thousandfold: Int = 299 * Int(red) + 587 * Int(green) + 114 * Int(blue)
        return [UInt8((thousandfold + 500) / 1000)]
    }
}
