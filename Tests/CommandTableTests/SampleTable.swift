import CommandTable

/// A small program with one option of each kind.
enum Sample {
  static let topic = Option(
    "--topic", .string, "NAME", environment: "TELLER_TOPIC", defaultValue: "transfers",
    help: "The input topic.")
  static let globals = OptionGroup(
    "Global options",
    [
      Option(
        "--config", .string, "FILE", environment: "TELLER_CONFIG", completesFiles: true, help: "A file."),
      Option("--json", .flag, environment: "TELLER_JSON", help: "Programs read this."),
      Option(
        "--log-level", .choice(["debug", "info", "error"]), "LEVEL", defaultValue: "info", help: "How much."),
    ])
  static let worker = Command(
    ["worker"], summary: "apply a topic's records", discussion: "First paragraph.\n\nSecond paragraph.",
    example: "teller worker --until-idle 5",
    options: [
      Option(
        "--until-idle", .duration, "SECONDS", environment: "TELLER_UNTIL_IDLE", range: 1...3600, help: "Ends."
      ),
      Option("--writers", .integer, "N", defaultText: "one per core", range: 1...64, help: "Threads."),
      Option(
        "--read-ahead", .bytes, "BYTES", defaultValue: "64MiB", range: 1024...Int64.max, help: "Budget."),
      Option("--hot", .share, "SHARE", defaultValue: "0", help: "Share."),
      Option("--kafka", .pairs, "KEY=VALUE", environment: "TELLER_KAFKA_", help: "A property."),
    ], shared: [OptionGroup("Kafka", [topic])])
  static let open = Command(
    ["accounts", "open"], summary: "open accounts", example: "teller accounts open --currency EUR",
    options: [
      Option(
        "--currency", .string, "CODE", environment: "TELLER_CURRENCY", isRequired: true, help: "Its currency."
      ),
      Option("--overdraft", .integerOr(["unlimited"]), "N|unlimited", defaultValue: "0", help: "Its limit."),
    ])
  static let show = Command(
    ["accounts", "show"], summary: "show one", example: "teller accounts show a",
    arguments: [Argument("ID", help: "The account's id.")])
  static let close = Command(
    ["accounts", "close"], summary: "close some", example: "teller accounts close a b",
    arguments: [Argument("ID", isRequired: false, isRepeated: true, help: "The accounts' ids.")])
  static let broker = Command(
    ["broker"], summary: "run a broker", example: "teller broker --topic transfers:16",
    options: [Option("--topic", .repeated, "NAME:N", isRequired: true, isInFile: false, help: "A topic.")])
  static let completions = Command(
    ["completions"], summary: "print completions", example: "source <(teller completions bash)",
    arguments: [
      Argument("SHELL", choices: ["bash"], help: "The shell."),
      Argument("FILE", isRequired: false, completesFiles: true, help: "A file."),
    ])

  static let table = CommandTable(
    program: "teller", version: "1.2.3", summary: "One queue, one teller.", example: "teller worker",
    globals: globals, configuration: "--config", commands: [worker, open, show, close, broker, completions])

  struct NoFile: Error {}

  static func request(
    _ line: String, _ environment: [String: String] = [:], file: String? = nil
  ) throws(UsageError) -> CommandTable.Request {
    let words = line.split(separator: " ").map { String($0) }
    return try table.parse(words, environment: environment) { _ in
      guard let file else { throw NoFile() }
      return file
    }
  }

  static func run(
    _ line: String, _ environment: [String: String] = [:], file: String? = nil
  ) throws -> Invocation {
    guard case .run(let invocation) = try request(line, environment, file: file) else { throw NoFile() }
    return invocation
  }

  static func printed(_ line: String) throws -> String {
    guard case .print(let text) = try request(line) else { throw NoFile() }
    return text
  }

  static func refusal(_ line: String, _ environment: [String: String] = [:], file: String? = nil)
    -> UsageError?
  {
    do throws(UsageError) { _ = try request(line, environment, file: file) } catch { return error }
    return nil
  }
}
