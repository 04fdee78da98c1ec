/// Chooses each option's value among the layers and checks it: file < environment < flags.
struct LayeredValues {
  let table: CommandTable
  let command: Command
  let given: [String: [String]]
  let environment: [String: String]

  private struct Raw {
    let texts: [String]
    let source: Invocation.Source
  }

  func resolve(readFile: (String) throws -> String) throws(UsageError) -> [String: Invocation.Setting] {
    let file = try configuration(readFile)
    var settings: [String: Invocation.Setting] = [:]
    for option in table.allOptions(of: command) {
      // Rising precedence. A list is replaced as a whole; of pairs, each key on its own.
      let layers = standard(option) + fromFile(option, file) + fromEnvironment(option) + fromFlags(option)
      if option.value == .pairs {
        settings[option.name] = try merge(option, layers)
      } else if let highest = layers.last {
        settings[option.name] = try setting(option, highest)
      } else if option.isRequired {
        throw CommandTable.missing(option, command)
      }
    }
    return settings
  }

  private func setting(_ option: Option, _ raw: Raw) throws(UsageError) -> Invocation.Setting {
    if option.value == .repeated { return .init(value: .list(raw.texts), source: raw.source) }
    return .init(value: try parse(option, raw.texts[0], raw.source), source: raw.source)
  }

  private func merge(_ option: Option, _ layers: [Raw]) throws(UsageError) -> Invocation.Setting? {
    var pairs: [Invocation.Pair] = []
    for layer in layers {
      for text in layer.texts {
        guard case .pairs(let parsed) = try parse(option, text, layer.source) else { continue }
        for pair in parsed {
          pairs.removeAll { $0.key == pair.key }
          pairs.append(pair)
        }
      }
    }
    guard let highest = layers.last else { return nil }
    return .init(value: .pairs(pairs), source: highest.source)
  }

  private func parse(_ option: Option, _ text: String, _ source: Invocation.Source) throws(UsageError)
    -> Invocation.Value
  {
    do throws(Option.Refusal) {
      return try option.parse(text)
    } catch {
      // A pair may be a password written without its key, so it is not shown.
      let shown = option.value == .pairs || text.isEmpty || text.count > 60 ? "this value" : "\"\(text)\""
      throw UsageError(
        .invalidValue, what: "\(option.name) cannot be \(shown), from \(source)", why: error.why,
        hint: error.hint)
    }
  }

  private func standard(_ option: Option) -> [Raw] {
    option.defaultValue.map { [Raw(texts: [$0], source: .standard)] } ?? []
  }

  private func fromFlags(_ option: Option) -> [Raw] {
    given[option.name].map { [Raw(texts: $0, source: .flag)] } ?? []
  }

  private func fromFile(_ option: Option, _ file: PropertiesFile?) -> [Raw] {
    guard let file, option.isInFile else { return [] }
    if option.value == .pairs {
      let prefix = option.key + "."
      return file.entries.filter { $0.key.hasPrefix(prefix) }.map { entry in
        Raw(texts: ["\(entry.key.dropFirst(prefix.count))=\(entry.value)"], source: .file(line: entry.line))
      }
    }
    return file.entries.filter { $0.key == option.key }.map {
      Raw(texts: [$0.value], source: .file(line: $0.line))
    }
  }

  private func fromEnvironment(_ option: Option) -> [Raw] {
    guard let name = option.environment else { return [] }
    if option.value == .pairs {
      return environment.keys.filter { Self.isPairVariable($0, prefix: name) }.sorted().map { variable in
        let key = variable.dropFirst(name.count).lowercased().replacing("_", with: ".")
        return Raw(texts: ["\(key)=\(environment[variable] ?? "")"], source: .environment(variable))
      }
    }
    guard let text = environment[name], !text.isEmpty else { return [] }
    return [Raw(texts: [text], source: .environment(name))]
  }

  /// Kubernetes sets PREFIX_SERVICE_HOST, PREFIX_PORT and the like for a service of the prefix's name: such
  /// variables are nobody's configuration.
  private static func isPairVariable(_ variable: String, prefix: String) -> Bool {
    guard variable.hasPrefix(prefix), variable.count > prefix.count else { return false }
    let rest = variable.dropFirst(prefix.count)
    return !(rest.hasPrefix("SERVICE_") || rest == "PORT" || rest.hasPrefix("PORT_"))
  }

  /// The file, if one is named, with every key known to some command: one file serves all of them.
  private func configuration(_ readFile: (String) throws -> String) throws(UsageError) -> PropertiesFile? {
    guard let name = table.configuration,
      let option = table.globals.options.first(where: { $0.name == name }),
      let raw = (fromEnvironment(option) + fromFlags(option)).last
    else { return nil }
    let text: String
    do {
      text = try readFile(raw.texts[0])
    } catch {
      throw UsageError(
        .configurationFile, what: "the configuration file \(raw.texts[0]) cannot be read",
        why: "it does not exist, may not be read, or is not UTF-8 (named by \(raw.source))",
        hint: "check the path, or leave \(name) out")
    }
    let file = try PropertiesFile(text)
    for entry in file.entries where !isKnown(entry.key) {
      let meant = Suggestion.nearest(to: entry.key, among: knownKeys).map { "did you mean \($0)? " } ?? ""
      throw PropertiesFile.refusal(
        entry.line, "\(entry.key) is no option of any command",
        meant + "a key is an option's name without dashes")
    }
    return file
  }

  private var fileOptions: [Option] {
    (table.commands.flatMap { table.allOptions(of: $0) } + table.globals.options)
      .filter { $0.isInFile && $0.name != table.configuration }
  }
  private var knownKeys: [String] { fileOptions.map(\.key) }
  private func isKnown(_ key: String) -> Bool {
    fileOptions.contains { $0.value == .pairs ? key.hasPrefix($0.key + ".") : key == $0.key }
  }
}
