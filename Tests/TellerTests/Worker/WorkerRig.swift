import Foundation
import Ledger
import TellerTestKit
import Testing

@testable import Teller

typealias SimulatedWorker = Worker<SimulatedLedgerHandler, SimulatedStore, SimulatedLog, SimulatedLogReader>

/// A simulated cluster and database, and real worker threads over them.
final class WorkerRig: Sendable {
  /// One worker of the group, running.
  struct Member {
    let worker: SimulatedWorker
    let log: SimulatedLog
    let exit: InBackground<WorkerExit>
    let events: Signal<[WorkerEvent]>

    /// Waits until the worker reported such an event. False: it did not in time.
    func waitFor(_ isIt: (WorkerEvent) -> Bool) -> Bool {
      events.wait(for: .seconds(20)) { $0.contains(where: isIt) ? true : nil } ?? false
    }
  }

  let broker: SimulatedBroker
  let database = SimulatedDatabase()
  let stream: StreamIdentity

  init(partitions: Int) throws {
    broker = SimulatedBroker(partitions: partitions)
    stream = try SimulatedOwnershipStore(database).openStream(broker.sighting())
    let euro = try #require(Currency("EUR"))
    for number in 0..<8 { database.open("acct-\(number)", balance: 1_000, currency: euro) }
  }

  func start(_ owner: String, untilIdle: Duration? = nil) -> Member {
    let log = SimulatedLog(broker)
    let (database, topic) = (database, broker.topic)
    let clock = ContinuousClock()
    let began = clock.now
    let ports = WorkerPorts(
      log: log, reader: SimulatedLogReader(broker), makeStore: { SimulatedStore(database) },
      makeHandler: { SimulatedLedgerHandler(topic: topic) },
      makeOwnershipStore: { SimulatedOwnershipStore(database) },
      makeBlockerWatch: { SimulatedBlockerWatch() },
      now: { began.duration(to: clock.now) })
    var configuration = WorkerConfiguration(topic: topic, group: "tellers", writers: 2, owner: owner)
    configuration.untilIdle = untilIdle
    configuration.batch = BatchLimits(recordsMax: 7)
    let events = Signal<[WorkerEvent]>([])
    let worker = SimulatedWorker(stream: stream, configuration: configuration, ports: ports) { event in
      events.withLock { $0.append(event) }
    }
    let exit = InBackground { worker.run { _ in } }
    return Member(worker: worker, log: log, exit: exit, events: events)
  }

  /// Sends one transfer for each number; says how many went to the first two partitions.
  @discardableResult
  func pay(_ numbers: Range<Int>) -> (Int, Int) {
    var counts = [Int](repeating: 0, count: broker.ranges.count + 2)
    for number in numbers {
      let record = SimulatedRecord.transfer(
        "k\(number)", from: "acct-\(number % 8)", to: "acct-\((number + 3) % 8)", 1)
      counts[Int(broker.send(record).partition)] += 1
    }
    return (counts[0], counts[1])
  }

  var outcomes: Int { database.tables.outcomes.count }

  func untilDecided(_ count: Int) -> Bool { database.wait { $0.outcomes.count >= count } }

  func audit(sourceLocation: SourceLocation = #_sourceLocation) {
    let violations = LedgerAuditor(database, broker).violations()
    #expect(violations.isEmpty, "\(violations)", sourceLocation: sourceLocation)
  }
}
