import CommandTable
import Testing

@Suite struct `Help` {
  @Test(arguments: [
    "--help", "-h", "help", "worker --help", "accounts --help", "help accounts open", "help broker",
    "completions -h", "worker --bogus --help",
  ])
  func `fits 100 columns and ends in a newline`(line: String) throws {
    let text = try Sample.printed(line)
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    #expect(text.hasSuffix("\n") && text.contains("Example:"))
  }

  @Test func `shows default, range, environment and example`() throws {
    let text = try Sample.printed("worker --help")
    for part in [
      "Usage: teller worker [options]", "Second paragraph.", "Range: 1 to 64. Default: one per core.",
      "Default: 64MiB.",
      "Environment: TELLER_TOPIC.", "Environment: TELLER_KAFKA_….", "One of: debug, info, error.",
      "  teller worker --until-idle 5\n", "Kafka:\n", "Global options:\n",
    ] { #expect(text.contains(part), "\(part) in \(text)") }
  }

  @Test func `lists the commands of the program and of a group`() throws {
    let top = try Sample.printed("--help")
    #expect(Sample.table.commands.allSatisfy { top.contains("  \($0.name) ") })
    #expect(try !Sample.printed("help accounts").contains("worker"))
  }

  @Test func `does not exist for what is no command`() {
    #expect(Sample.refusal("help wroker")?.code == .unknownCommand)
    #expect(Sample.refusal("wroker --help")?.code == .unknownCommand)
  }

  @Test func `gives the version`() throws {
    #expect(try Sample.printed("--version") == "teller 1.2.3\n")
  }

  @Test func `comes from a table without flaws, and flaws are found`() {
    #expect(Sample.table.flaws.isEmpty)
    let bad = Command(
      ["accounts"], summary: "", example: "",
      options: [
        Option("--json", .flag, help: "Twice."), Option("writers", .integer, defaultValue: "x", help: ""),
      ])
    let table = CommandTable(
      program: "teller", version: "1", summary: "", example: "", globals: Sample.globals,
      configuration: "--none",
      commands: [bad, Sample.open])
    #expect(table.flaws.count == 8, "\(table.flaws)")
  }
}
