/// A structured logger: an event in words, and what belongs to it as named fields; one event, one line.
///
/// Text for people (`2026-11-23T20:51:30.123Z info    partition halted  kafka.partition=3 reason="…"`), JSON
/// for machines. A field whose name says that it is a secret is printed as `***`. It is a value: copy it
/// freely.
public struct EventLog: Sendable {
  /// One named value of an event.
  public typealias Fields = KeyValuePairs<String, any CustomStringConvertible & Sendable>
  typealias Field = (name: String, value: any CustomStringConvertible & Sendable)

  /// How much an event matters, from the least.
  public enum Level: String, CaseIterable, Comparable, Sendable {
    /// Every step, for the developer.
    case trace
    /// What helps to find a fault.
    case debug
    /// The ordinary life of the program.
    case info
    /// Rare and right, such as a takeover.
    case notice
    /// The program goes on, and somebody should look.
    case warning
    /// Something has stopped or was lost.
    case error

    /// By how much they matter.
    public static func < (one: Self, other: Self) -> Bool { one.rank < other.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
  }

  /// How a line is written.
  public enum Format: String, CaseIterable, Sendable {
    /// For people.
    case text
    /// One JSON object a line, with `time`, `level`, `message` and the fields.
    case json
  }

  /// Events below this level are not written, and their message and fields not even made.
  public let minimum: Level
  private let format: Format
  private let isColoured: Bool
  private let clock: @Sendable () -> Int64
  private let sink: @Sendable (String) -> Void
  private let context: [Field]

  /// A logger.
  ///
  /// - Parameters:
  ///   - minimum: the least level that is written.
  ///   - format: text or JSON.
  ///   - isColoured: whether text carries the colours of a terminal.
  ///   - clock: milliseconds since 1970, UTC.
  ///   - sink: takes one whole line with its newline; called from any thread.
  public init(
    minimum: Level = .info, format: Format = .text, isColoured: Bool = StandardError.wantsColour,
    clock: @escaping @Sendable () -> Int64 = Timestamp.now,
    sink: @escaping @Sendable (String) -> Void = StandardError.write
  ) {
    self.init(minimum, format, isColoured && format == .text, clock, sink, [])
  }

  private init(
    _ minimum: Level, _ format: Format, _ isColoured: Bool, _ clock: @escaping @Sendable () -> Int64,
    _ sink: @escaping @Sendable (String) -> Void, _ context: [Field]
  ) {
    self.minimum = minimum
    self.format = format
    self.isColoured = isColoured
    self.clock = clock
    self.sink = sink
    self.context = context
  }

  /// A logger that writes these fields with every event; an event's own field of the same name wins.
  public func with(_ fields: Fields) -> EventLog {
    EventLog(minimum, format, isColoured, clock, sink, Self.merged(context, fields))
  }

  /// Writes an event, unless its level is below the minimum.
  public func log(
    _ level: Level, _ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]
  ) {
    guard level >= minimum else { return }
    let line = Line(
      time: clock(), level: level, message: Redaction.masked(message()),
      fields: Self.merged(context, fields()))
    sink(format == .json ? line.json() : line.text(isColoured: isColoured))
  }

  private static func merged(_ earlier: [Field], _ later: Fields) -> [Field] {
    var result: [Field] = earlier
    for (name, value) in later {
      result.removeAll { $0.name == name }
      result.append((name, value))
    }
    return result
  }
}

extension EventLog {
  /// Writes an event of this level.
  public func trace(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.trace, message(), fields())
  }
  /// Writes an event of this level.
  public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.debug, message(), fields())
  }
  /// Writes an event of this level.
  public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.info, message(), fields())
  }
  /// Writes an event of this level.
  public func notice(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.notice, message(), fields())
  }
  /// Writes an event of this level.
  public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.warning, message(), fields())
  }
  /// Writes an event of this level.
  public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> Fields = [:]) {
    log(.error, message(), fields())
  }
}
