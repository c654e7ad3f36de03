import Calls
import Testing

@testable import GroveClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Files named on the command line")
struct LocalFileTests {
    /// A folder with these files in it, gone afterwards.
    static func with(_ files: [String], _ body: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "grove-client-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for file in files {
            let url = folder.appending(path: file)
            if file.contains("/") {
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            }
            try Data(file.utf8).write(to: url)
        }
        let result = Result { try body(folder.path) }
        try FileManager.default.removeItem(at: folder)
        try result.get()
    }

    @Test("a folder gives all that is in it, by path, without hidden files")
    func folder() throws {
        try Self.with(["b/2.png", "a/1.png", "top.idx.gz", ".hidden", "a/.git/x"]) { folder in
            let files = try LocalFile.collect([folder])
            #expect(files.map(\.name) == ["a/1.png", "b/2.png", "top.idx.gz"])
            #expect(files.map(\.size) == [7, 7, 10])
            #expect(files.map(\.mediaType) == ["image/png", "image/png", "application/gzip"])
            let images = try LocalFile.collect([folder], ending: ".png")
            #expect(images.count == 2)
        }
    }

    @Test("a file gives itself, under its last name")
    func file() throws {
        try Self.with(["a/x.png"]) { folder in
            let files = try LocalFile.collect([folder + "/a/x.png"])
            #expect(files.map(\.name) == ["x.png"])
        }
    }

    @Test("what cannot be used is said in a sentence that names it")
    func errors() throws {
        try Self.with(["a/x.png", "b/x.png", "text.txt"]) { folder in
            func error(_ paths: [String], ending: String? = nil) -> FileError? {
                #expect(throws: FileError.self) { try LocalFile.collect(paths, ending: ending) }
            }
            #expect(error([folder + "/none"])?.kind == .missing)
            #expect(error([folder + "/none"])?.description.contains("none") == true)
            #expect(error([folder + "/text.txt"], ending: ".png")?.kind == .unreadable)
            #expect(error([folder + "/a"], ending: ".safetensors")?.kind == .missing)
            #expect(error([folder + "/a/x.png", folder + "/b/x.png"])?.description.contains("same name") == true)
            #expect(error(["/dev/null"])?.kind == .unreadable)
        }
    }

    @Test("a folder of more files than a job may have is refused before anything is uploaded")
    func tooMany() throws {
        try Self.with((0...10).map { "\($0)" }) { folder in
            let files = try LocalFile.collect([folder], atMost: 11)
            #expect(files.count == 11)
            let error = #expect(throws: FileError.self) { try LocalFile.collect([folder], atMost: 10) }
            #expect(error?.kind == .tooLarge)
        }
    }

    @Test("a link to nowhere inside a folder is passed over, a link to a file is the file")
    func links() throws {
        try Self.with(["x.png"]) { folder in
            let manager = FileManager.default
            try manager.createSymbolicLink(atPath: folder + "/dead.png", withDestinationPath: folder + "/gone")
            try manager.createSymbolicLink(atPath: folder + "/live.png", withDestinationPath: folder + "/x.png")
            let files = try LocalFile.collect([folder])
            #expect(files.map(\.name) == ["live.png", "x.png"])
        }
    }
}

@Suite("Names of artifacts")
struct ArtifactNameTests {
    @Test("a name, or a name and a version")
    func parsing() throws {
        let newest = try ArtifactRef.parse("mnist")
        #expect(newest.name == "mnist" && newest.version == 0 && newest.text == "mnist")
        let third = try ArtifactRef.parse("mnist@3")
        #expect(third.name == "mnist" && third.version == 3 && third.text == "mnist@3")
    }

    @Test("anything else is a sentence", arguments: ["", "@1", "A", "a b", "a@", "a@0", "a@x", "a@-1", "a@1@2", "a/b"])
    func wrong(_ text: String) {
        let error = #expect(throws: RPCError.self) { try ArtifactRef.parse(text) }
        #expect(error?.code == .invalidArgument)
    }
}
