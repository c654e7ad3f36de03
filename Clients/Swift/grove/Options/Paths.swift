import ArgumentParser

/// A path of the command line. An empty one, mostly a variable of the shell that is not set, would mean the root of the file
/// system in one place and the current folder in another.
@Sendable func path(_ text: String) throws -> String {
    guard !text.isEmpty else { throw ValidationError("it is empty; name a file or a folder") }
    return text
}
