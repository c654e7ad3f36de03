/// Where a program finds its broker.
package enum BrokerEndpoint {
    /// The broker of this machine.
    package static let standard = "tcp://127.0.0.1:7741"
    /// The variable of the environment that names another.
    package static let variable = "GROVE_BROKER"

    /// The one that the command line names, else the environment, else this machine's.
    package static func chosen(option: String?, environment: [String: String]) -> String {
        let named = environment[variable].flatMap { $0.isEmpty ? nil : $0 }
        return option ?? named ?? standard
    }
}
