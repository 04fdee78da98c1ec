/// Help, made from the table: at most 100 columns, each option with its default and its environment variable,
/// each command with an example.
extension CommandTable {
  static let columns = 100
  private static let indent = 28

  /// Help for a command, for a group of commands (`accounts`), or for the program where the path is empty.
  ///
  /// - Throws: `UsageError` where no command begins with these words.
  public func help(for path: [String]) throws(UsageError) -> String {
    if let command = commands.first(where: { $0.path == path }) { return help(of: command) }
    let members = commands.filter { $0.path.starts(with: path) }
    if members.isEmpty {
      throw UsageError(
        .unknownCommand, what: "there is no help for \(path.joined(separator: " "))",
        why: "there is no such command",
        hint: "\(program) --help lists them")
    }
    return overview(members, path)
  }

  /// One line that shows how a command is called.
  public func usage(of command: Command) -> String {
    let words = command.arguments.map { argument in
      var name = argument.choices.isEmpty ? argument.name : argument.choices.joined(separator: "|")
      if argument.isRepeated { name += "…" }
      return argument.isRequired ? name : "[\(name)]"
    }
    let required = allOptions(of: command).filter { $0.isRequired && $0.environment == nil }
      .map { "\($0.name) \($0.placeholder)" }
    return ([program, command.name] + words + required + ["[options]"]).joined(separator: " ")
  }

  private func overview(_ members: [Command], _ path: [String]) -> String {
    var text = ""
    let name = ([program] + path).joined(separator: " ")
    if path.isEmpty { text += Self.wrap(summary, indent: 0) + "\n\n" }
    text += "Usage: \(name) COMMAND [options]\n\nCommands:\n"
    for command in members { text += Self.row(command.name, command.summary) }
    if path.isEmpty {
      text += section(globals)
      text += "\nExample:\n" + Self.indented(example)
      text += "\n" + Self.wrap(layersText, indent: 0) + "\n"
      if !exitCodes.isEmpty {
        text += "\nExit codes:\n"
        for (code, meaning) in exitCodes { text += Self.row(code, meaning) }
      }
    } else if let first = members.first {
      text += "\nExample:\n" + Self.indented(first.example)
    }
    return text + "\n\(name) COMMAND --help shows a command's options.\n"
  }

  private var layersText: String {
    var text = "Every option may also be set in the environment (where its help names a variable)"
    if let configuration {
      text += " and in the .properties file of \(configuration) (a key is the name without its dashes)"
    }
    return text + "; flags win over the environment, and that over the file."
  }

  private func help(of command: Command) -> String {
    var text = "\(program) \(command.name): \(command.summary)\n\nUsage: \(usage(of: command))\n"
    for paragraph in command.discussion.split(separator: "\n\n") {
      text += "\n" + Self.wrap(String(paragraph).replacing("\n", with: " "), indent: 0) + "\n"
    }
    if !command.arguments.isEmpty {
      text += "\nArguments:\n"
      for argument in command.arguments { text += Self.row(argument.name, argument.help) }
    }
    if !command.options.isEmpty { text += section(OptionGroup("Options", command.options)) }
    for group in command.shared + [globals] { text += section(group) }
    return text + "\nExample:\n" + Self.indented(command.example)
  }

  private func section(_ group: OptionGroup) -> String {
    var text = "\n\(group.title):\n"
    for option in group.options {
      let label = option.takesValue ? "\(option.name) \(option.placeholder)" : option.name
      text += Self.row(label, ([option.help] + Self.notes(option)).joined(separator: " "))
    }
    return text
  }

  private static func notes(_ option: Option) -> [String] {
    var notes: [String] = []
    if case .choice(let words) = option.value { notes.append("One of: \(words.joined(separator: ", ")).") }
    if let range = option.range { notes.append("Range: \(Option.limits(range)).") }
    if option.isRepeatable { notes.append("May be repeated.") }
    if option.isRequired { notes.append("Required.") }
    if let text = option.defaultText ?? option.defaultValue { notes.append("Default: \(text).") }
    if let name = option.environment {
      notes.append(option.value == .pairs ? "Environment: \(name)…." : "Environment: \(name).")
    }
    return notes
  }

  private static func row(_ label: String, _ text: String) -> String {
    let body = wrap(text, indent: indent)
    if label.count + 4 > indent {
      return "  \(label)\n" + String(repeating: " ", count: indent) + body + "\n"
    }
    return "  " + label + String(repeating: " ", count: indent - label.count - 2) + body + "\n"
  }

  private static func indented(_ text: String) -> String {
    text.split(separator: "\n").map { "  \($0)\n" }.joined()
  }

  /// Breaks between words; all lines but the first are indented.
  private static func wrap(_ text: String, indent: Int) -> String {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if !line.isEmpty, indent + line.count + 1 + word.count > columns {
        lines.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    lines.append(line)
    return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
  }
}
