/// The mistakes that a table itself can hold: a program's tests expect none.
extension CommandTable {
  /// What is wrong with the table, one sentence each; empty where nothing is.
  public var flaws: [String] {
    var flaws: [String] = []
    for command in commands {
      let others = commands.filter { $0.path.starts(with: command.path) }
      if others.count > 1 { flaws.append("\(command.name) begins the path of another command") }
      if command.summary.isEmpty || command.example.isEmpty {
        flaws.append("\(command.name) lacks a summary or an example")
      }
      if command.arguments.dropLast().contains(where: \.isRepeated) {
        flaws.append("\(command.name) repeats an argument that is not its last")
      }
      let names = allOptions(of: command).map(\.name)
      if Set(names).count < names.count { flaws.append("\(command.name) has an option twice") }
      for option in allOptions(of: command) { flaws += Self.flaws(of: option, in: command, self) }
    }
    if let configuration, !globals.options.contains(where: { $0.name == configuration }) {
      flaws.append("\(configuration) is not a global option")
    }
    return flaws
  }

  private static func flaws(of option: Option, in command: Command, _ table: CommandTable) -> [String] {
    let place = "\(command.name) \(option.name)"
    var flaws: [String] = []
    if !option.name.hasPrefix("--") { flaws.append("\(place) does not begin with two dashes") }
    if option.help.isEmpty { flaws.append("\(place) has no help") }
    if option.takesValue == option.placeholder.isEmpty { flaws.append("\(place) has the wrong placeholder") }
    // A word in front of the command is read before the command is known.
    if table.anyOption(option.name)?.takesValue != option.takesValue {
      flaws.append("\(place) takes a value in one command and none in another")
    }
    if let standard = option.defaultValue, (try? option.parse(standard)) == nil {
      flaws.append("\(place) has a default that it would refuse")
    }
    return flaws
  }
}
