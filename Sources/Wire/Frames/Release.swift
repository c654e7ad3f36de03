/// The release of these programs, as they tell it to each other; it decides nothing.
package enum Release {
    package static let version = "0.1.0"
}
