import EventLog
import KafkaClient
import PostgresClient
import Teller
import TellerPostgres

/// Redrives letter by letter: plans, writes the intents down, sends, writes the ends down.
///
/// The intent is committed before its record is sent. So a crash in between leaves a redrive whose end nobody knows, and
/// never a record that nobody sent.
final class RedriveRun {
  /// So many letters, or so many bytes, are in flight at a time.
  private static let lettersMax = 200
  private static let bytesMax = 8 << 20

  private let desk: DeadLetterDesk
  private let stream: StreamIdentity
  private let states: Set<DeadLetterState>
  private let producer: RedriveProducer
  private let configuration: PostgresConfiguration
  private let log: EventLog
  private var connection: Connection
  private var planner: RedrivePlanner
  private var waiting: [RedrivePlan] = []
  private var pace = Pace()
  private(set) var totals = RedriveTotals()

  /// - Parameter states: those in which a letter is sent; in another one somebody else has acted on it.
  init(
    _ desk: DeadLetterDesk, stream: StreamIdentity, planner: consuming RedrivePlanner,
    states: Set<DeadLetterState>, producer: RedriveProducer, configuration: PostgresConfiguration,
    log: EventLog
  ) throws(PostgresError) {
    self.desk = desk
    self.stream = stream
    self.planner = planner
    self.states = states
    self.producer = producer
    self.configuration = configuration
    self.log = log
    connection = try Connection.open(configuration)
  }

  /// Redrives all that are meant.
  func run(_ selection: DeadLetterSelection) throws {
    switch selection {
    case .ids(let ids): for id in ids { try add(id) }
    case .filter(let filter, let limit):
      var pages = try DeadLetterPages(filter.now(on: &connection), on: &connection)
      var left = limit ?? .max
      while left > 0 {
        let page = try pages.next(limit: min(left, Int64(DeadLetterDesk.lettersMax)), on: &connection)
        if page.isEmpty { break }
        for letter in page { try add(letter.id) }
        left -= Int64(page.count)
      }
    }
    try sendWaiting()
  }

  private func add(_ id: DeadLetterID) throws {
    guard let letter = try DeadLetter.read(id, topic: desk.topic, on: &connection) else {
      return totals.refuse(id, .missing)
    }
    switch planner.decide(letter) {
    case .refuse(let refusal): totals.refuse(id, refusal)
    case .send(let plan): waiting.append(plan)
    }
    let bytes = waiting.reduce(0) { $0 + $1.bytes }
    if waiting.count >= Self.lettersMax || bytes >= Self.bytesMax { try sendWaiting() }
  }

  private func sendWaiting() throws {
    let plans = waiting
    waiting = []
    guard !plans.isEmpty else { return }
    if let fatal = producer.fatal { throw fatal }
    let intents = plans.map {
      DeadLetterDesk.Intent(id: $0.id, redriveCount: $0.count, partition: $0.partition)
    }
    let numbers = try desk.intend(intents, incarnation: stream.incarnation, in: states, on: &connection)
    var sendable: [(plan: RedrivePlan, number: Int64)] = []
    for plan in plans {
      if let number = numbers[plan.id] {
        sendable.append((plan, number))
      } else {
        totals.refuse(plan.id, .notOpen)
      }
    }
    let conclusions = producer.send(sendable)
    for (item, conclusion) in zip(sendable, conclusions) {
      totals.add(.init(id: item.plan.id, partition: item.plan.partition, conclusion: conclusion))
    }
    try conclude(conclusions)
    if pace.isDue {
      log.info(
        "redriving",
        ["acknowledged": totals.acknowledged, "failed": totals.failed, "not_sent": totals.refused])
    }
  }

  /// A connection that was lost while the broker was waited for is made again, once.
  private func conclude(_ conclusions: [DeadLetterDesk.Conclusion]) throws {
    do throws(PostgresError) {
      do throws(PostgresError) {
        try DeadLetterDesk.conclude(conclusions, on: &connection)
      } catch {
        guard error.isConnectionLost else { throw error }
        connection = try Connection.open(configuration)
        try DeadLetterDesk.conclude(conclusions, on: &connection)
      }
    } catch {
      let sent = conclusions.count { $0.result != .failed }
      throw CommandFailure(
        .unreachable, code: "not_noted",
        what: "\(sent) records were sent, but that could not be written down: \(error)",
        meaning: "their redrives show as unknown; the records are in the topic, with the keys they had",
        hint: "redrive them again when PostgreSQL is back: a repeat is a duplicate, and changes nothing")
    }
  }
}
