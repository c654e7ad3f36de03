import Calls

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A file of this machine that a job shall have.
public struct LocalFile: Hashable, Sendable {
    /// Where it is.
    public var path: String
    /// What it is called inside the job: its name, or its path below the folder that was given.
    public var name: String
    public var size: UInt64

    public init(path: String, name: String, size: UInt64) {
        (self.path, self.name, self.size) = (path, name, size)
    }

    /// The most that is uploaded of one file.
    package static let largest: UInt64 = 4 << 30

    /// By the name's ending; the worker looks at the bytes.
    package var mediaType: String {
        let ending = name.lowercased().split(separator: ".").last.map(String.init) ?? ""
        return switch ending {
        case "png": "image/png"
        case "gz": "application/gzip"
        case "json": "application/json"
        case "safetensors": "application/vnd.safetensors"
        default: "application/octet-stream"
        }
    }
}

extension LocalFile {
    /// The files at `paths`; of a folder, all that is in it and below, without hidden ones.
    ///
    /// - Parameters:
    ///   - ending: takes only files with it out of folders, ".png" for example, and refuses others.
    ///   - limit: how many at most.
    /// - Throws: `FileError` in a sentence: missing, unreadable, too large, or too many of them.
    package static func collect(
        _ paths: [String], ending: String? = nil, atMost limit: Int = Limits.filesPerJob
    ) throws(FileError) -> [LocalFile] {
        var files: [LocalFile] = []
        for path in paths {
            guard let attributes = attributes(of: path) else {
                throw FileError(.missing, path, "there is no file '\(path)'; check the name")
            }
            if attributes.isFolder {
                let found = try contents(of: path, ending: ending, atMost: limit)
                guard !found.isEmpty else {
                    let what = ending.map { "\($0) files" } ?? "files"
                    throw FileError(.missing, path, "there are no \(what) in '\(path)'; name another folder")
                }
                files += found
            } else {
                files.append(try checked(path, name: lastPart(of: path), ending: ending))
            }
            guard files.count <= limit else {
                throw FileError(
                    .tooLarge, path,
                    "there are more than \(limit) files, which is the most for one job; "
                        + "pack images into an IDX or CIFAR file, or import a part of them")
            }
        }
        if let twice = Dictionary(grouping: files, by: \.name).values.first(where: { $0.count > 1 }) {
            throw FileError(
                .unreadable, twice[1].path,
                "'\(twice[0].path)' and '\(twice[1].path)' have the same name; give the folder above them, or rename one"
            )
        }
        return files
    }

    /// A text that a person wrote, such as a chain of jobs.
    /// - Throws: `FileError` in a sentence.
    package static func text(_ path: String) throws(FileError) -> String {
        guard attributes(of: path) != nil else {
            throw FileError(.missing, path, "there is no file '\(path)'; check the name")
        }
        guard try checked(path, name: lastPart(of: path), ending: nil).size <= longestText else {
            throw FileError(.tooLarge, path, "'\(path)' is too large for a text that a person wrote; name another file")
        }
        do {
            return try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw FileError(.unreadable, path, "'\(path)' cannot be read as UTF-8 text; name another file")
        }
    }

    private static let longestText: UInt64 = 1 << 20

    private static func checked(_ path: String, name: String, ending: String?) throws(FileError) -> LocalFile {
        guard access(path, R_OK) == 0 else {
            throw FileError(
                .unreadable, path, "'\(path)' may not be read by this user; change its permissions")
        }
        guard let attributes = attributes(of: path), attributes.isFile else {
            throw FileError(.unreadable, path, "'\(path)' is not a regular file; name a file")
        }
        if let ending, !name.lowercased().hasSuffix(ending) {
            throw FileError(.unreadable, path, "'\(path)' is not a \(ending) file; name \(ending) files")
        }
        guard attributes.size <= largest else {
            throw FileError(
                .tooLarge, path,
                "'\(path)' has \(Format.bytes(attributes.size)), at most \(Format.bytes(largest)) "
                    + "can be uploaded; split it")
        }
        return LocalFile(path: path, name: name, size: attributes.size)
    }

    private static func contents(
        of folder: String, ending: String?, atMost limit: Int
    ) throws(FileError) -> [LocalFile] {
        var files: [LocalFile] = []
        var pending = [""]
        while let below = pending.popLast() {
            let path = below.isEmpty ? folder : folder + "/" + below
            let names: [String]
            do {
                names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
            } catch {
                throw FileError(.unreadable, path, "the folder '\(path)' cannot be read; change its permissions")
            }
            for name in names where !name.hasPrefix(".") {
                let relative = below.isEmpty ? name : below + "/" + name
                guard let attributes = attributes(of: folder + "/" + relative) else { continue }
                if attributes.isFolder {
                    pending.append(relative)
                } else if ending.map(name.lowercased().hasSuffix) ?? true {
                    files.append(try checked(folder + "/" + relative, name: relative, ending: ending))
                }
                // Enough to know that they are too many; a folder may hold millions.
                if files.count > limit { return files }
            }
        }
        return files.sorted { $0.name < $1.name }
    }

    private static func lastPart(of path: String) -> String {
        path.split(separator: "/").last.map(String.init) ?? path
    }

    private struct Attributes {
        var isFolder: Bool
        var isFile: Bool
        var size: UInt64
    }

    /// Of what a link points to; `nil` when there is nothing, as with a link to nowhere.
    private static func attributes(of path: String) -> Attributes? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        let type = status.st_mode & S_IFMT
        return Attributes(isFolder: type == S_IFDIR, isFile: type == S_IFREG, size: UInt64(status.st_size))
    }
}
