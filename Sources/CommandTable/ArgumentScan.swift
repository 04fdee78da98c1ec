/// One pass over the words of a command line: which command, which options with which raw values.
///
/// It goes on after a mistake and keeps the first one, so that `--help` anywhere still gives help.
struct ArgumentScan {
  let table: CommandTable
  private(set) var path: [String] = []
  private(set) var command: Command?
  private(set) var given: [String: [String]] = [:]
  private(set) var order: [String] = []
  private(set) var words: [String] = []
  private(set) var wantsHelp = false
  private(set) var wantsVersion = false
  private(set) var problem: UsageError?
  private var optionsEnded = false

  init(table: CommandTable) { self.table = table }

  mutating func read(_ arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if optionsEnded || word == "-" || !word.hasPrefix("-") {
        take(word)
      } else if word == "--" {
        optionsEnded = true
      } else if word == "--help" || word == "-h" {
        wantsHelp = true
      } else if word == "--version" {
        wantsVersion = true
      } else {
        takeOption(word, &rest)
      }
    }
    // Options in front of the command could be judged only against the whole table until now.
    if let command, problem == nil {
      let known = Set(table.allOptions(of: command).map(\.name))
      if let stray = order.first(where: { !known.contains($0) }) { problem = unknown(stray) }
    }
  }

  /// The arguments by name.
  func arguments(of command: Command) throws(UsageError) -> [String: [String]] {
    var named: [String: [String]] = [:]
    for (index, argument) in command.arguments.enumerated() {
      guard index < words.count else {
        if !argument.isRequired { continue }
        throw UsageError(
          .missingArgument, what: "\(command.name) needs \(argument.name)", why: argument.help,
          hint: "write \(table.usage(of: command))")
      }
      if !argument.choices.isEmpty {
        do throws(Option.Refusal) {
          _ = try Option.word(words[index], of: argument.choices)
        } catch {
          throw UsageError(
            .invalidValue, what: "\(argument.name) cannot be \(words[index])", why: error.why,
            hint: error.hint)
        }
      }
      named[argument.name] = argument.isRepeated ? Array(words[index...]) : [words[index]]
    }
    if words.count > command.arguments.count, command.arguments.last?.isRepeated != true {
      let extra = words[command.arguments.count]
      throw UsageError(
        .unexpectedArgument, what: "\(command.name) does not take the argument \(Self.quotable(extra))",
        why: "it takes \(command.arguments.isEmpty ? "none" : "only \(command.arguments.count)")",
        hint: "write \(table.usage(of: command))")
    }
    return named
  }

  private mutating func take(_ word: String) {
    if command != nil {
      words.append(word)
      return
    }
    // `help accounts open` is `accounts open --help`.
    if path.isEmpty, !wantsHelp, word == "help" {
      wantsHelp = true
      return
    }
    let longer = path + [word]
    if let exact = table.commands.first(where: { $0.path == longer }) {
      command = exact
      path = longer
    } else if table.commands.contains(where: { $0.path.starts(with: longer) }) {
      path = longer
    } else {
      note(unknownCommand(longer))
    }
  }

  private mutating func takeOption(_ word: String, _ rest: inout ArraySlice<String>) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(parts[0])
    let own = command.flatMap { command in table.allOptions(of: command).first { $0.name == name } }
    guard let option = own ?? table.anyOption(name) else { return note(unknown(name)) }
    var raw = parts.count > 1 ? String(parts[1]) : nil
    if raw == nil, option.mayBeBare, rest.first.map({ $0.hasPrefix("-") || !$0.contains("=") }) ?? true {
      given[name] = given[name] ?? []
      order.append(name)
      return
    }
    if raw == nil, option.takesValue {
      // A value may begin with one dash, as -5 and - do; two dashes are the next option.
      guard let next = rest.first, !next.hasPrefix("--") else { return note(missingValue(option)) }
      raw = next
      rest = rest.dropFirst()
    }
    if given[name] != nil, !option.isRepeatable {
      return note(
        UsageError(
          .repeatedOption, what: "\(name) is given twice", why: "it takes one value",
          hint: "keep one of the two"))
    }
    given[name, default: []].append(raw ?? "true")
    order.append(name)
  }

  private mutating func note(_ error: UsageError) { if problem == nil { problem = error } }

  private func missingValue(_ option: Option) -> UsageError {
    UsageError(
      .missingValue, what: "\(option.name) has no value", why: "it takes one: \(option.help)",
      hint: "write \(option.name) \(option.placeholder); a value that begins with -- needs \(option.name)=")
  }

  private func unknown(_ name: String) -> UsageError {
    let known = command.map { table.allOptions(of: $0) } ?? table.globals.options
    let owners = table.commands.filter { table.allOptions(of: $0).contains { $0.name == name } }.map(\.name)
    let meant = Suggestion.nearest(to: name, among: known.map(\.name) + ["--help", "--version"])
    let help = "\(([table.program] + (command?.path ?? [])).joined(separator: " ")) --help lists them"
    let why =
      owners.isEmpty
      ? "\(command?.name ?? table.program) has no such option"
      : "only these have it: \(owners.joined(separator: ", "))"
    return UsageError(
      .unknownOption, what: "unknown option \(name)", why: why,
      hint: (meant.map { "did you mean \($0)? " } ?? "") + help)
  }

  private func unknownCommand(_ path: [String]) -> UsageError {
    let typed = path.joined(separator: " ")
    let names = table.commands.map(\.name)
    let groups = table.commands.filter { $0.path.count > 1 }.map { $0.path[0] }
    let meant = Suggestion.nearest(to: typed, among: names + groups)
    return UsageError(
      .unknownCommand, what: "unknown command \(Self.quotable(typed))",
      why: "\(table.program) has no such command",
      hint: (meant.map { "did you mean \(table.program) \($0)? " } ?? "")
        + "\(table.program) --help lists them")
  }

  /// A word that may be a connection string is not repeated: it could hold a password.
  private static func quotable(_ word: String) -> String {
    word.contains("://") || word.contains("=") || word.count > 60 ? "(not shown)" : word
  }
}
