import CommandTable
import EventLog

/// One command: its row in the table, and what it does.
protocol ProgramCommand: SendableMetatype {
  /// Its row in the table.
  static var command: Command { get }
  /// Does it. Throws `CommandFailure`, or `UsageError` for options that contradict one another.
  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode
}

/// The program `teller`: finds the command, runs it, and turns what it throws into words and an exit code.
enum Program {
  /// In the order of help, which is the order in which a newcomer needs them.
  static let commands: [any ProgramCommand.Type] = [
    MigrateCommand.self, TopicsCreateCommand.self, WorkerCommand.self, AccountsOpenCommand.self,
    AccountsShowCommand.self, AccountsListCommand.self, ProduceCommand.self, OutcomeCommand.self,
    OutcomesCommand.self, StatusCommand.self, AuditCommand.self, StreamAdoptCommand.self,
    StreamShowCommand.self, DeadLettersListCommand.self, DeadLettersShowCommand.self,
    DeadLettersRedriveCommand.self, DeadLettersDiscardCommand.self, PartitionResumeCommand.self,
    PartitionSkipToCommand.self, RestoredCommand.self, BrokerCommand.self, CompletionsCommand.self,
  ]

  static let table = CommandTable(
    program: "teller", version: "0.1.0",
    summary:
      "One queue, one teller: applies transfers from a Kafka topic to PostgreSQL, each effect once in that"
      + " database, with one writer for each partition and no lock service.",
    example: """
      export TELLER_POSTGRES_URL=postgres://teller@localhost/teller TELLER_BROKERS=localhost:9092
      teller migrate
      teller accounts open --count 1000 --balance 100000 --currency EUR
      teller produce --count 100000 --accounts 1000
      teller worker --until-idle 5
      teller audit
      """,
    globals: SharedOptions.everywhere, configuration: "--config",
    exitCodes: ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) }, commands: commands.map { $0.command }
  )

  /// Runs one command line to its end.
  static func run(
    _ arguments: [String], _ environment: [String: String],
    sink: @escaping @Sendable (String) -> Void = Output.standardOutput,
    errors: @escaping @Sendable (String) -> Void = StandardError.write
  ) -> ExitCode {
    var isJSON = arguments.contains("--json") || ["true", "1"].contains(environment["TELLER_JSON"])
    do {
      switch try table.parse(arguments, environment: environment) {
      case .print(let text):
        sink(text)
        return .done
      case .run(let invocation):
        isJSON = invocation.flag("--json")
        return try run(invocation, Output(invocation, sink: sink, errors: errors))
      }
    } catch {
      let failure = failure(error)
      errors((isJSON ? failure.json.text : words(error, failure)) + "\n")
      return failure.exitCode
    }
  }

  private static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    for type in commands where type.command.path == invocation.command.path {
      return try type.run(invocation, output)
    }
    preconditionFailure("the table of commands was made from these types")
  }

  private static func failure(_ error: any Error) -> CommandFailure {
    switch error {
    case let failure as CommandFailure: failure
    case let usage as UsageError: CommandFailure(usage)
    default: CommandFailure(unexpected: error)
    }
  }

  private static func words(_ error: any Error, _ failure: CommandFailure) -> String {
    (error as? UsageError).map { "teller: \($0)" } ?? failure.description
  }
}
