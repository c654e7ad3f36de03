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
                The copy is a new folder on the broker's machine, inside the one that 'grove-broker --backups' names \
                ('backups' in the broker's own if it names none), and 'grove-broker --data' can be started on it. There \
                files of jobs are linked and take no room; for a copy that survives the disk, have the broker make its \
                backups on another one.
                """)

        @Argument(help: "What to call it.") var name: String
        @OptionGroup var connection: BrokerOptions

        func run() async throws {
            try await reporting {
                let client = try connection.connect()
                let response = try await client.backup(named: name)
                if connection.json {
                    try Screen.shared.result(JSONText.line(response))
                } else {
                    try Screen.shared.result(
                        "\(response.path): \(response.totalPages) pages and \(response.totalFiles) files")
                }
                return .success
            }
        }
    }
}
