import CommandTable

/// Why a command could not do what was asked, as the person at the terminal reads it.
///
/// No part of it holds a password, a token or the contents of a record.
struct CommandFailure: Error, Sendable, CustomStringConvertible {
  /// How the program ends.
  let exitCode: ExitCode
  /// A stable word for programs, for instance `unreachable`.
  let code: String
  /// What happened.
  let what: String
  /// What it means for the reader's data.
  let meaning: String
  /// What to do.
  let hint: String

  /// A failure from its parts.
  init(_ exitCode: ExitCode, code: String, what: String, meaning: String, hint: String) {
    self.exitCode = exitCode
    self.code = code
    self.what = what
    self.meaning = meaning
    self.hint = hint
  }

  /// Wrong usage, in the same form: nothing was touched.
  init(_ error: UsageError) {
    self.init(.wrongUsage, code: error.code.rawValue, what: error.what, meaning: error.why, hint: error.hint)
  }

  /// Any other error; its words are the thrower's, who keeps secrets out of them.
  init(unexpected error: any Error) {
    self.init(
      .fatal, code: "unexpected", what: "an error that nobody expected: \(error)",
      meaning: "what was committed stays committed; nothing was applied twice",
      hint: "run it again; if it comes back, report it with this text")
  }

  var description: String { "teller: \(what)\n  data:  \(meaning)\n  to do: \(hint)" }

  /// The same as one JSON object.
  var json: JSONValue {
    [
      "error": .object([
        ("code", .string(code)), ("exit_code", .integer(Int64(exitCode.rawValue))), ("what", .string(what)),
        ("meaning", .string(meaning)), ("hint", .string(hint)),
      ])
    ]
  }
}
