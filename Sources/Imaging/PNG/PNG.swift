/// PNG files in memory: pixels in and out through libpng, text chunks through our own code.
///
/// libpng reports errors by longjmp, which Swift frames must not be unwound by, so only its simplified interface is used;
/// that cannot write text, so text chunks are spliced into its result.
package enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
}
