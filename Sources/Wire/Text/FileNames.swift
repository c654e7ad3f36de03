/// Whether files can lie beside each other under one folder.
package enum FileNames {
    /// Two names that cannot: the same name twice (also when only Unicode's normal forms differ, as some file systems have
    /// it), or a file where the other needs a folder.
    /// - Returns: both, for a sentence; `nil` when there are none.
    package static func clash(in names: [String]) -> String? {
        var seen: Set<String> = []
        for name in names {
            guard seen.insert(name).inserted else { return "'\(name.excerpt)' twice" }
        }
        for name in names {
            var folder = name[...]
            while let slash = folder.lastIndex(of: "/") {
                folder = folder[..<slash]
                if seen.contains(String(folder)) { return "'\(String(folder).excerpt)' and '\(name.excerpt)'" }
            }
        }
        return nil
    }
}
