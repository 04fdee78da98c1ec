import CommandTable

/// `teller completions`: a script for the shell.
enum CompletionsCommand: ProgramCommand {
  static let command = Command(
    ["completions"], summary: "print completions for a shell", example: "source <(teller completions bash)",
    arguments: [Argument("SHELL", choices: ["bash"], help: "The shell; only bash so far.")])

  static func run(_ invocation: Invocation, _ output: Output) throws -> ExitCode {
    output.raw(Program.table.bashCompletions())
    return .done
  }
}
