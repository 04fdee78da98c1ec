/// Completion for bash, made from the table: commands, options, the words of a choice, files.
extension CommandTable {
  /// A script for `source <(program completions bash)`.
  public func bashCompletions() -> String {
    let function = "_" + program.map { $0.isLetter || $0.isNumber ? String($0) : "_" }.joined()
    return """
      # bash completion for \(program); load it with: source <(\(program) completions bash)
      \(function)() {
        local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
        local path="" word skip=""
        for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
          if [[ -n $skip ]]; then skip=""; continue; fi
          case "$word" in
            \(valued.joined(separator: "|"))) skip=1 ;;
            -*|=) ;;
            *) case "$path $word" in
      \(pathCases.map { "          \($0)" }.joined(separator: "\n"))
              esac ;;
          esac
        done
        case "$path:$previous" in
      \(valueCases.map { "    \($0)" }.joined(separator: "\n"))
        esac
        case "$path" in
      \(wordCases.map { "    \($0)" }.joined(separator: "\n"))
        esac
      }
      complete -F \(function) \(program)

      """
  }

  private var prefixes: [[String]] {
    var seen: [[String]] = [[]]
    for command in commands {
      for length in 1...command.path.count {
        let prefix = Array(command.path.prefix(length))
        if !seen.contains(prefix) { seen.append(prefix) }
      }
    }
    return seen
  }

  /// The path is kept with a space before each word, so that it can only be extended by whole words.
  private func spelled(_ path: [String]) -> String { "\"" + path.map { " " + $0 }.joined() + "\"" }

  private var pathCases: [String] {
    prefixes.filter { !$0.isEmpty }.map { "\(spelled($0))) path=\(spelled($0)) ;;" }
  }

  private var valued: [String] {
    var names: [String] = []
    for option in commands.flatMap({ allOptions(of: $0) }) + globals.options
    where option.takesValue && !names.contains(option.name) {
      names.append(option.name)
    }
    return names
  }

  /// What follows an option that takes a value, for each command that has it.
  private var valueCases: [String] {
    commands.flatMap { command in
      allOptions(of: command).filter(\.takesValue).map { option in
        let place = "\"" + command.path.map { " " + $0 }.joined() + ":\(option.name)\""
        if option.completesFiles { return "\(place)) COMPREPLY=($(compgen -f -- \"$current\")); return ;;" }
        guard case .choice(let words) = option.value else { return "\(place)) COMPREPLY=(); return ;;" }
        return "\(place)) \(reply(words)); return ;;"
      }
    }
  }

  private var wordCases: [String] {
    prefixes.map { prefix in
      if let command = commands.first(where: { $0.path == prefix }) {
        let words = command.arguments.flatMap(\.choices) + allOptions(of: command).map(\.name) + ["--help"]
        let files = command.arguments.contains(where: \.completesFiles)
        return "\(spelled(prefix))) \(reply(words))"
          + (files ? "\n      [[ $current == -* ]] || \(fileReply) ;;" : " ;;")
      }
      var next: [String] = prefix.isEmpty ? ["help", "--version"] : []
      for command in commands
      where command.path.starts(with: prefix) && !next.contains(command.path[prefix.count]) {
        next.append(command.path[prefix.count])
      }
      return "\(spelled(prefix))) \(reply(next + ["--help"])) ;;"
    }
  }

  private var fileReply: String { "COMPREPLY+=($(compgen -f -- \"$current\"))" }

  private func reply(_ words: [String]) -> String {
    "COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" -- \"$current\"))"
  }
}
