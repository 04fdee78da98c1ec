import CommandTable
import TellerPostgres

/// What every command that overrules the machine asks of the person: which partition, and why.
enum OperatorOptions {
  static let partition = Option(
    "--partition", .integer, "N", range: 0...Int64(Int32.max), isRequired: true, isInFile: false,
    help: "Kafka's number of the partition.")

  static let reason = Option(
    "--reason", .string, "TEXT", isRequired: true, isInFile: false,
    help: "Why, in your own words; recorded with who asked, and when.")

  /// Who asks, and why.
  static func note(_ invocation: Invocation) throws(UsageError) -> OperatorNote {
    OperatorNote(user: ActingPerson.name(invocation), reason: try invocation.requiredString("--reason"))
  }
}
