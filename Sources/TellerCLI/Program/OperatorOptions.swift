import CommandTable
import Foundation
import TellerPostgres

/// What every command that overrules the machine asks of the person: which partition, and why.
enum OperatorOptions {
  static let partition = Option(
    "--partition", .integer, "N", range: 0...Int64(Int32.max), isRequired: true, isInFile: false,
    help: "Kafka's number of the partition.")

  static let reason = Option(
    "--reason", .string, "TEXT", isRequired: true, isInFile: false,
    help: "Why, in your own words; recorded with your user name and the time.")

  /// Who asks, and why. Under sudo, the one who called it.
  static func note(_ invocation: Invocation) throws(UsageError) -> OperatorNote {
    let caller = getuid() == 0 ? ProcessInfo.processInfo.environment["SUDO_USER"] : nil
    return OperatorNote(user: caller ?? NSUserName(), reason: try invocation.requiredString("--reason"))
  }
}
