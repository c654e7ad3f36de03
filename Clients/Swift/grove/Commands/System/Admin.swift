import ArgumentParser
import Foundation
import GroveClient

/// For whoever runs the broker.
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Looks after a broker.", subcommands: [Backup.self])

    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copies all that the broker has, while it goes on.",
            discussion: """
                The copy is made on the broker's machine, and PATH must not exist there yet. It is a folder that \
                'grove-broker --data PATH' can be started on. Files that PATH's file system shares with the broker's are \
                linked and take no room; for a copy that survives the disk, name another one.
                """)

        @Argument(help: "A folder on the broker's machine, from / on.", transform: path(_:)) var path: String
        @OptionGroup var connection: BrokerOptions

        func run() async throws {
            try await reporting {
                let client = try connection.connect()
                let response = try await client.backup(to: path)
                if connection.json {
                    try Screen.shared.result(JSONText.line(response))
                } else {
                    try Screen.shared.result("\(path): \(response.totalPages) pages and \(response.totalFiles) files")
                }
                return .success
            }
        }
    }
}
