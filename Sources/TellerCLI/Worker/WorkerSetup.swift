import CommandTable
import EventLog
import Foundation
import KafkaClient
import Ledger
import LedgerPostgres
import PostgresClient
import Teller
import TellerKafka
import TellerPostgres

typealias LedgerWorker = Worker<LedgerHandler<JSONTransferDecoder>, PostgresStore, KafkaLog, KafkaLogReader>

/// Puts a worker together: servers awaited, stream opened, ports connected.
struct WorkerSetup {
  let invocation: Invocation
  let output: Output
  let report: WorkerReport
  let owner = ProcessOwner.name()

  private var topic: String { invocation.string("--topic") ?? "transfers" }
  private var group: String { invocation.string("--group") ?? "teller" }

  func make() throws -> LedgerWorker {
    let kafka = try Brokers.configuration(invocation)
    try Database.awaitReady(invocation, output.log)
    let sessions: PostgresConfiguration
    do {
      sessions = try SessionSettings.worker(url: invocation.string("--postgres"), owner: owner)
    } catch {
      throw CommandFailure(error)
    }
    let stream = try openStream(sessions, kafka)
    let log: KafkaLog
    let reader: KafkaLogReader
    do throws(LogFailure) {
      log = try KafkaLog(
        configuration: kafka, topic: topic, group: group,
        readAheadBytes: Int(invocation.integer("--read-ahead") ?? 64 << 20),
        partitionCount: stream.partitionCount)
      reader = try KafkaLogReader(configuration: kafka, topic: topic)
      try log.join()
    } catch {
      throw CommandFailure(error)
    }
    let publication = try publication(kafka, sessions, stream)
    let (topic, owner) = (topic, owner)
    let allowsUnknown = invocation.flag("--allow-unknown-fields")
    let ports = WorkerPorts(
      log: log, reader: reader, makeStore: { PostgresStore(sessions, stream: stream) },
      makeHandler: {
        LedgerHandler(decoder: JSONTransferDecoder(topic: topic, allowUnknownFields: allowsUnknown))
      },
      makeOwnershipStore: { PostgresOwnershipStore(sessions) },
      makeBlockerWatch: { PostgresBlockerWatch(sessions, owner: owner, now: { Monotonic.now }) },
      publication: publication, now: { Monotonic.now })
    return LedgerWorker(
      stream: stream, configuration: configuration(), ports: ports, report: report.report)
  }

  private func publication(
    _ kafka: KafkaConfiguration, _ sessions: PostgresConfiguration, _ stream: StreamIdentity
  ) throws -> PublicationPorts? {
    if invocation.flag("--without-outcomes") { return nil }
    do throws(LogFailure) {
      let sink = try KafkaEventSink(
        configuration: kafka, topic: topic, partitionCount: stream.partitionCount)
      return PublicationPorts(sink: sink) {
        PostgresPublicationStore(sessions, effects: LedgerEffects())
      }
    } catch { throw CommandFailure(error) }
  }

  private func configuration() -> WorkerConfiguration {
    let cores = ProcessInfo.processInfo.activeProcessorCount
    var configuration = WorkerConfiguration(
      topic: topic, group: group, writers: Int(invocation.integer("--writers") ?? Int64(cores)), owner: owner)
    configuration.untilIdle = invocation.duration("--until-idle")
    configuration.deadAlarm =
      invocation.string("--dead-alarm").flatMap { DeadAlarmResponse(rawValue: $0) } ?? .warn
    FaultInjection.apply(to: &configuration, ProcessInfo.processInfo.environment)
    return configuration
  }

  private func openStream(_ sessions: PostgresConfiguration, _ kafka: KafkaConfiguration) throws
    -> StreamIdentity
  {
    do {
      let placement = invocation.string("--partitioner").flatMap { Placement(name: $0) }
      let sighting = try sight(kafka).asked(by: group, placement: placement)
      let store = PostgresOwnershipStore(sessions)
      let record = AdoptionRecord(
        startedFrom: StartChoice.earliest.name, adoptedBy: "\(ActingPerson.systemName) (worker \(owner))",
        keySample: try checkKeys(sighting, store, kafka))
      return try store.openStream(sighting, record: record)
    } catch let failure as StoreFailure {
      throw CommandFailure(.store(failure))
    } catch let refusal as StreamRefusal {
      throw CommandFailure(refusal)
    } catch let failure as LogFailure {
      throw CommandFailure(failure)
    }
  }

  /// The keys that are there already, where this worker is the first on a topic that it may adopt.
  private func checkKeys(
    _ sighting: StreamSighting, _ store: PostgresOwnershipStore, _ kafka: KafkaConfiguration
  ) throws -> String? {
    guard sighting.adoptionRefusal == nil, try store.openIncarnation(of: topic) == nil else { return nil }
    let placement = sighting.placement ?? .hashed(PlacementCheck.standard)
    let check = try PlacementCheck(
      placement, sighting, starts: sighting.logRanges.map(\.lowerBound), kafka)
    check.tell(output.log)
    return check.sentence
  }

  private func sight(_ kafka: KafkaConfiguration) throws(LogFailure) -> StreamSighting {
    let scout = try TopicScout(configuration: kafka, topic: topic)
    defer { _ = scout.close(within: .seconds(5)) }
    return try Patience("Kafka", log: output.log).attempt(
      mayPass: { $0.kind == .transient }, { () throws(LogFailure) in try scout.sight(for: group) })
  }
}

/// The monotonic clock of this process.
enum Monotonic {
  private static let start = ContinuousClock.now

  static var now: Duration { ContinuousClock.now - start }
}

/// The name under which this process owns partitions: unique to this start of it, and readable.
enum ProcessOwner {
  static func name() -> String {
    let random = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    let host = ProcessInfo.processInfo.hostName.prefix(24)
    return "\(random)@\(host):\(ProcessInfo.processInfo.processIdentifier)"
  }
}
