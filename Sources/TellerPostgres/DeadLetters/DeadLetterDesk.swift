public import PostgresClient

/// Writes down what one person does about the dead letters of a topic, for one reason.
///
/// Each call is a transaction that first locks the letters: two people who act on the same take turns, and the second
/// sees what the first did.
public struct DeadLetterDesk: Sendable {
  /// The most letters of one call.
  public static let lettersMax = 500

  /// The input topic.
  public let topic: String
  /// Who acts.
  public let actor: String
  /// Why.
  public let reason: String

  /// A desk for one topic, person and reason, neither of them empty.
  public init(topic: String, actor: String, reason: String) {
    self.topic = topic
    self.actor = actor
    self.reason = reason
  }

  /// A redrive that is about to be sent.
  public struct Intent: Equatable, Sendable {
    /// The dead letter.
    public let id: DeadLetterID
    /// The number for the header `teller-redrive-count`, from 1.
    public let redriveCount: Int32
    /// The partition it goes to.
    public let partition: Int32

    /// An intent from its parts.
    public init(id: DeadLetterID, redriveCount: Int32, partition: Int32) {
      self.id = id
      self.redriveCount = redriveCount
      self.partition = partition
    }
  }

  /// How a redrive ended.
  public struct Conclusion: Equatable, Sendable {
    /// The number of its row.
    public let number: Int64
    /// `acknowledged`, `failed` or `unknown`.
    public let result: Result
    /// Where the broker put it; nil where it told none.
    public let offset: Int64?
    /// What went wrong.
    public let error: String?

    /// What is known of a sent record.
    public enum Result: String, Sendable {
      /// The broker has it.
      case acknowledged
      /// It was certainly not written.
      case failed
      /// It may have been written.
      case unknown
    }

    /// A conclusion from its parts.
    public init(number: Int64, result: Result, offset: Int64? = nil, error: String? = nil) {
      self.number = number
      self.result = result
      self.offset = offset
      self.error = error
    }
  }

  /// Closes those of the letters that are open. Returns which.
  public func discard(
    _ ids: [DeadLetterID], on connection: inout Connection
  ) throws(PostgresError) -> Set<DeadLetterID> {
    let numbers = try act(
      "discard", ids, redrives: [Int32?](repeating: nil, count: ids.count),
      targets: [Int32?](repeating: nil, count: ids.count), incarnation: nil, in: [.open], on: &connection)
    return Set(numbers.keys)
  }

  /// Writes down that these redrives are about to be sent, for those of the letters that are in one of `states`.
  /// - Parameter incarnation: the topic's life that they are sent to.
  /// - Returns: the number of each row, for `conclude`; a letter in another state has none and must not be sent.
  public func intend(
    _ intents: [Intent], incarnation: Int32, in states: Set<DeadLetterState>,
    on connection: inout Connection
  ) throws(PostgresError) -> [DeadLetterID: Int64] {
    try act(
      "redrive", intents.map(\.id), redrives: intents.map(\.redriveCount), targets: intents.map(\.partition),
      incarnation: incarnation, in: states, on: &connection)
  }

  /// Writes down how redrives ended. One that has an end keeps it, so this may be repeated.
  public static func conclude(
    _ conclusions: [Conclusion], on connection: inout Connection
  ) throws(PostgresError) {
    guard !conclusions.isEmpty else { return }
    var parameters = Parameters(capacity: 64 * conclusions.count)
    parameters.int8s(count: conclusions.count) { conclusions[$0].number }
    parameters.texts(count: conclusions.count) { conclusions[$0].result.rawValue }
    parameters.int8s(count: conclusions.count, optional: { conclusions[$0].offset })
    parameters.texts(count: conclusions.count) { conclusions[$0].error }
    _ = try connection.query(DeadLetterStatements.conclude, parameters)
  }

  private func act(
    _ action: String, _ ids: [DeadLetterID], redrives: [Int32?], targets: [Int32?], incarnation: Int32?,
    in states: Set<DeadLetterState>, on connection: inout Connection
  ) throws(PostgresError) -> [DeadLetterID: Int64] {
    guard !ids.isEmpty else { return [:] }
    var parameters = Parameters(capacity: 64 * ids.count)
    parameters.text(topic)
    append(ids, to: &parameters)
    var written = Parameters(capacity: 64 * ids.count)
    written.text(topic)
    append(ids, to: &written)
    written.text(action)
    written.text(actor)
    written.text(reason)
    written.int4(incarnation)
    written.int4s(count: ids.count, optional: { redrives[$0] })
    written.int4s(count: ids.count, optional: { targets[$0] })
    written.texts(states.map(\.rawValue))
    _ = try connection.execute("begin")
    do throws(PostgresError) {
      _ = try connection.query(DeadLetterStatements.lock, parameters)
      let rows = try connection.query(DeadLetterStatements.act, written)
      var numbers: [DeadLetterID: Int64] = [:]
      for row in 0..<rows.count {
        let id = DeadLetterID(
          incarnation: try rows.int4(row, 1), partition: try rows.int4(row, 2), offset: try rows.int8(row, 3))
        numbers[id] = try rows.int8(row, 0)
      }
      _ = try connection.execute("commit")
      return numbers
    } catch {
      _ = try? connection.execute("rollback")
      throw error
    }
  }

  private func append(_ ids: [DeadLetterID], to parameters: inout Parameters) {
    parameters.int4s(count: ids.count) { ids[$0].incarnation }
    parameters.int4s(count: ids.count) { ids[$0].partition }
    parameters.int8s(count: ids.count) { ids[$0].offset }
  }
}
